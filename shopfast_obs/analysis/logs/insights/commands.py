"""The commands of a query. Each takes the rows of the one before and gives its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from itertools import islice
from typing import Protocol

import regex

from shopfast_obs.analysis.logs.insights.expressions import Expression
from shopfast_obs.analysis.logs.insights.interface import Record, Value, number, text, truth
from shopfast_obs.analysis.logs.insights.scanner import NAME
from shopfast_obs.analysis.text.bounded_regex import found
from shopfast_obs.analysis.text.message_normalisation import parameterised
from shopfast_obs.model.records import record

EVENT = ("@timestamp", "@message")  # what is shown when a query does not say
SEVERITIES = ("FATAL", "CRITICAL", "ERROR", "EXCEPTION", "WARN", "INFO", "DEBUG", "TRACE")
PLACEHOLDER = re.compile(r"<(?:trace|arn|uuid|time|email|ip|hex|id|n)>")


@record
class Columns:
    """What the result shows: the columns so far, and whether rows are still log events."""

    names: tuple[str, ...] = ()
    events: bool = True

    def shown(self) -> tuple[str, ...]:
        """The columns, those of an event when none was asked for."""
        return self.names or (EVENT if self.events else ())


@record
class Named:
    """An expression with the name of its column."""

    expression: Expression
    name: str


class Command(Protocol):
    """One command."""

    def run(self, rows: Iterable[Record]) -> Iterable[Record]:
        """The rows after it."""
        ...

    def columns(self, before: Columns) -> Columns:
        """The columns after it."""
        ...


@record
class Fields:
    """`fields a, f(b) as c`, and `display`, which forgets the columns before it."""

    named: tuple[Named, ...]
    only: bool = False

    def run(self, rows: Iterable[Record]) -> Iterator[Record]:
        """Each row with the values of the expressions."""
        computed = [n for n in self.named if n.name != n.expression.text or not NAME.fullmatch(n.name)]
        for row in rows:
            yield row.with_fields({n.name: n.expression.of(row) for n in computed}) if computed else row

    def columns(self, before: Columns) -> Columns:
        """The fields, after those that were there."""
        names = tuple(n.name for n in self.named)
        return replace(before, names=tuple(dict.fromkeys(names if self.only else before.names + names)))


@record
class Filter:
    """`filter`: rows for which the condition is true."""

    condition: Expression

    def run(self, rows: Iterable[Record]) -> Iterator[Record]:
        """The rows that are let through."""
        return (row for row in rows if truth(self.condition.of(row)))

    def columns(self, before: Columns) -> Columns:
        """As before."""
        return before


@record
class Parse:
    """`parse`: fields out of a text, by a regular expression with a group for each."""

    source: Expression
    expression: regex.Pattern[str]
    names: tuple[str, ...]

    def run(self, rows: Iterable[Record]) -> Iterator[Record]:
        """Each row with what was found in it."""
        for row in rows:
            value = self.source.of(row)
            match = None if value is None else found(self.expression, text(value))
            yield row if match is None else row.with_fields(dict(zip(self.names, match.groups(), strict=False)))

    def columns(self, before: Columns) -> Columns:
        """The new fields are shown beside those that a query asks for."""
        if not before.names:
            return replace(before, names=(*before.shown(), *self.names))
        return replace(before, names=tuple(dict.fromkeys(before.names + self.names)))


@record
class Stats:
    """`stats`: one row a group."""

    named: tuple[Named, ...]
    by: tuple[Named, ...]

    def run(self, rows: Iterable[Record]) -> Iterator[Record]:
        """The groups, in the order of their first row; one of nothing when there is no `by`."""
        groups: dict[tuple[str | None, ...], list[Record]] = {}
        keys: dict[tuple[str | None, ...], dict[str, Value]] = {}
        for row in rows:
            values = {n.name: n.expression.of(row) for n in self.by}
            key = tuple(None if value is None else text(value) for value in values.values())
            groups.setdefault(key, []).append(row)
            keys.setdefault(key, values)
        if not groups and not self.by:
            groups, keys = {(): []}, {(): {}}
        for key, group in groups.items():
            yield Record({**keys[key], **{n.name: n.expression.read(group) for n in self.named}})

    def columns(self, before: Columns) -> Columns:
        """What the groups are by, then the statistics."""
        return Columns(tuple(n.name for n in self.by + self.named), events=False)


@record
class Sort:
    """`sort a desc, b`: numbers before texts, nothing last."""

    keys: tuple[tuple[Expression, bool], ...]  # (expression, descending)

    def run(self, rows: Iterable[Record]) -> list[Record]:
        """The rows in order."""
        ordered = list(rows)
        for expression, descending in reversed(self.keys):
            values = [(expression.of(row), row) for row in ordered]
            present = [pair for pair in values if pair[0] is not None]
            present.sort(key=lambda pair: _order(pair[0]), reverse=descending)
            ordered = [row for _, row in present] + [row for value, row in values if value is None]
        return ordered

    def columns(self, before: Columns) -> Columns:
        """As before."""
        return before


def _order(value: Value) -> tuple[int, float, str]:
    found_number = number(value)
    return (1, 0.0, text(value)) if found_number is None else (0, found_number, "")


@record
class Limit:
    """`limit`: so many rows."""

    most: int

    def run(self, rows: Iterable[Record]) -> Iterator[Record]:
        """The first rows."""
        return islice(rows, self.most)

    def columns(self, before: Columns) -> Columns:
        """As before."""
        return before


@record
class Dedup:
    """`dedup`: the first row of each combination of values; rows without a value stay."""

    by: tuple[Expression, ...]

    def run(self, rows: Iterable[Record]) -> Iterator[Record]:
        """The rows that are the first of their kind."""
        seen: set[tuple[str, ...]] = set()
        for row in rows:
            values = [expression.of(row) for expression in self.by]
            key = tuple(text(value) for value in values)
            if None not in values and key in seen:
                continue
            seen.add(key)
            yield row

    def columns(self, before: Columns) -> Columns:
        """As before."""
        return before


@record
class Pattern:
    """`pattern`: messages that differ only in what changes from line to line, most frequent first."""

    source: Expression
    names: tuple[str, ...] = field(default=("@pattern", "@ratio", "@sampleCount", "@severityLabel"))

    def run(self, rows: Iterable[Record]) -> Iterator[Record]:
        """One row a pattern."""
        counts: Counter[str] = Counter(
            PLACEHOLDER.sub("<*>", parameterised(text(value)))
            for row in rows
            if (value := self.source.of(row)) is not None
        )
        total = sum(counts.values())
        for pattern, count in counts.most_common():
            severity = next((word for word in SEVERITIES if word in pattern.upper()), "NONE")
            row: Sequence[Value] = (pattern, round(count / total, 4), float(count), severity)
            yield Record(dict(zip(self.names, row, strict=True)))

    def columns(self, before: Columns) -> Columns:
        """The pattern, its share, how many, and how bad."""
        return Columns(self.names, events=False)
