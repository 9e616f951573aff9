"""Traces in short, many of them, in columns: a twentieth of the memory that as many records take."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, overload

from shopfast_obs.analysis.traces.critical_path import CATEGORIES
from shopfast_obs.analysis.traces.outcome import Outcome
from shopfast_obs.model.records import record

OUTCOMES: tuple[Outcome, ...] = ("ok", "error", "throttle", "fault")
WIDTH = len(CATEGORIES)


@record
class TraceSummary:
    """One trace in short. `duration` is from the root's start to the last end, `response` the root's own; `breakdown`
    is that of the path to the last end, `critical_path` and `cold_starts` are on the path to the answer."""

    id: str
    start: float
    duration: float
    response: float
    entry_point: str
    outcome: Outcome
    breakdown: Mapping[str, float]
    critical_path: tuple[str, ...]
    cold_starts: int
    parts: int
    warnings: tuple[str, ...]


class Summaries(Sequence[TraceSummary]):
    """Summaries in the order of their traces; each is made when it is asked for."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.starts, self.durations, self.responses = array("d"), array("d"), array("d")
        self.seconds = array("d")  # those of a trace by category, one trace after the other
        self.outcomes, self.cold, self.parts = array("B"), array("I"), array("I")
        # What many traces have in common stands once, by its number.
        self.names, self.paths, self.told = Numbered(), Numbered(), Numbered()
        self.entries, self.ways, self.warnings = array("I"), array("I"), array("I")

    def append(self, one: TraceSummary) -> None:
        """Take in one more."""
        self.ids.append(one.id)
        self.starts.append(one.start)
        self.durations.append(one.duration)
        self.responses.append(one.response)
        self.seconds.extend([one.breakdown[name] for name in CATEGORIES])
        self.outcomes.append(OUTCOMES.index(one.outcome))
        self.cold.append(one.cold_starts)
        self.parts.append(one.parts)
        self.entries.append(self.names.number(one.entry_point))
        self.ways.append(self.paths.number(one.critical_path))
        self.warnings.append(self.told.number(one.warnings))

    def extend(self, other: Summaries) -> None:
        """Take in all of the other ones."""
        self.ids += other.ids
        for own, more in zip(self._plain(), other._plain(), strict=True):
            own.extend(more)
        for (known, own), (new, more) in zip(self._common(), other._common(), strict=True):
            numbers = [known.number(value) for value in new.values]
            own.extend(array("I", [numbers[number] for number in more]))

    def _plain(self) -> tuple[array[Any], ...]:
        return (
            self.starts, self.durations, self.responses, self.seconds, self.outcomes, self.cold, self.parts,
        )  # fmt: skip

    def _common(self) -> tuple[tuple[Numbered, array[int]], ...]:
        return (self.names, self.entries), (self.paths, self.ways), (self.told, self.warnings)

    def changed(self, text: Callable[[Any], Any]) -> Summaries:
        """The same with other texts, each distinct one asked for once."""
        made = Summaries()
        made.__dict__.update(self.__dict__)
        made.ids = [text(one) for one in self.ids]
        made.names, made.paths, made.told = self.names.changed(text), self.paths.changed(text), self.told.changed(text)
        return made

    def breakdown(self, rows: Sequence[int] | None = None) -> dict[str, float]:
        """The seconds of these traces, or of all, by category."""
        if rows is None:
            return {name: math.fsum(self.seconds[place::WIDTH]) for place, name in enumerate(CATEGORIES)}
        seconds = self.seconds
        return {
            name: math.fsum([seconds[row * WIDTH + place] for row in rows]) for place, name in enumerate(CATEGORIES)
        }

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> TraceSummary: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[TraceSummary, ...]: ...
    def __getitem__(self, place: int | slice) -> TraceSummary | tuple[TraceSummary, ...]:
        if isinstance(place, slice):
            return tuple(self._row(row) for row in range(*place.indices(len(self.ids))))
        return self._row(range(len(self.ids))[place])

    def __iter__(self) -> Iterator[TraceSummary]:
        return map(self._row, range(len(self.ids)))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Summaries | tuple) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))

    def _row(self, row: int) -> TraceSummary:
        return TraceSummary(
            self.ids[row],
            self.starts[row],
            self.durations[row],
            self.responses[row],
            self.names.values[self.entries[row]],
            OUTCOMES[self.outcomes[row]],
            dict(zip(CATEGORIES, self.seconds[row * WIDTH : row * WIDTH + WIDTH], strict=True)),
            self.paths.values[self.ways[row]],
            self.cold[row],
            self.parts[row],
            self.told.values[self.warnings[row]],
        )


class Numbered:
    """Values by number, in the order in which they came first."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def number(self, value: Any) -> int:  # noqa: ANN401 - what can be a key
        """The number of the value, a new one for a new value."""
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found

    def changed(self, text: Callable[[Any], Any]) -> Numbered:
        """The same numbers for other values."""
        made = Numbered()
        made.values = [text(value) for value in self.values]
        made._numbers = {value: number for number, value in enumerate(made.values)}
        return made
