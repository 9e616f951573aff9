"""What distinguishes slow traces from fast and failed from good: annotations, users, versions, memory, cold starts."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from typing import Literal

from shopfast_obs.analysis.statistics import fisher, percentile
from shopfast_obs.analysis.traces.critical_path import CriticalPath
from shopfast_obs.analysis.traces.overview.path_steps import Column, doubles
from shopfast_obs.analysis.traces.overview.summaries import Numbered
from shopfast_obs.analysis.traces.tree import FUNCTION, TraceTree
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport, Segment

SLOW = 0.9  # of the traces of an entry point are faster
LEAST = 20  # traces of an entry point below which nothing is said
SUPPORT = 3  # chosen traces that have the value
SIGNIFICANT = 0.01
VALUES = 300  # that a report lists

Attribute = tuple[str, str]


@record
class Outlier:
    """One value that is more frequent among the chosen traces than among the rest; `p` is the chance that it is so by
    accident (Fisher, one-sided)."""

    entry_point: str
    chosen: Literal["slow", "failed"]
    attribute: str
    value: str
    share: float
    share_of_rest: float
    traces: int
    p: float


@record
class AttributeValue:
    """One value of an annotation, a user, a version, a memory size: how many traces have it, `of` how many that have
    the attribute."""

    attribute: str
    value: str
    traces: int
    of: int


class _Asked:
    """The traces of one entry point: how long they took, whether they failed, and which set of attributes they have."""

    __slots__ = ("failed", "seconds", "sets")

    def __init__(self, column: Column) -> None:
        self.seconds = column()
        self.failed, self.sets = array("B"), array("I")


@dataclass(slots=True)
class OutlierBuilder:
    """Collects what traces have, one at a time."""

    reports: Mapping[str, InvocationReport] = field(default_factory=dict)
    column: Column = doubles
    entries: dict[str, _Asked] = field(default_factory=dict)
    sets: Numbered = field(default_factory=Numbered)  # of attributes

    def add(self, tree: TraceTree, path: CriticalPath, entry_point: str, seconds: float, *, failed: bool) -> None:
        """Take in one trace."""
        asked = self.asked(entry_point)
        asked.seconds.append(seconds)
        asked.failed.append(failed)
        asked.sets.append(self.sets.number(attributes(tree.nodes, cold=bool(path.cold_starts), reports=self.reports)))

    def asked(self, entry_point: str) -> _Asked:
        """The columns of an entry point."""
        found = self.entries.get(entry_point)
        if found is None:
            found = self.entries[entry_point] = _Asked(self.column)
        return found

    def merge(self, other: OutlierBuilder) -> None:
        """Take in what the other one collected."""
        numbers = [self.sets.number(one) for one in other.sets.values]
        for name, theirs in other.entries.items():
            own = self.asked(name)
            own.seconds.extend(theirs.seconds)
            own.failed.extend(theirs.failed)
            own.sets.extend(array("I", [numbers[number] for number in theirs.sets]))

    def result(self) -> tuple[Outlier, ...]:
        """The values that stand out, the clearest first."""
        found: list[Outlier] = []
        for name, asked in self.entries.items():
            if len(asked.seconds) < LEAST:
                continue
            bound = percentile(sorted(asked.seconds), SLOW)
            found += self._compared(name, "slow", asked, [seconds > bound for seconds in asked.seconds])
            found += self._compared(name, "failed", asked, list(map(bool, asked.failed)))
        return tuple(sorted(found, key=lambda o: (o.share_of_rest - o.share, o.p, o.attribute, o.value)))

    def values(self) -> tuple[AttributeValue, ...]:
        """The most frequent values of all attributes; ids, which every trace has for itself, are none."""
        sets = Counter(chain.from_iterable(asked.sets for asked in self.entries.values()))
        values = self._counted(sets)
        names: Counter[str] = Counter()
        for number, times in sets.items():
            for name in {name for name, _ in self.sets.values[number]}:
                names[name] += times
        several = sorted((pair for pair in values.items() if pair[1] >= SUPPORT), key=lambda pair: (-pair[1], pair[0]))
        return tuple(AttributeValue(name, value, count, names[name]) for (name, value), count in several[:VALUES])

    def _counted(self, sets: Mapping[int, int]) -> Counter[Attribute]:
        """In how many sets each attribute is; most traces have the same ones, so that equal sets come counted."""
        found: Counter[Attribute] = Counter()
        for number, times in sets.items():
            for attribute in self.sets.values[number]:
                found[attribute] += times
        return found

    def _compared(
        self, name: str, chosen: Literal["slow", "failed"], asked: _Asked, is_chosen: Sequence[bool]
    ) -> Iterable[Outlier]:
        total, inside = len(asked.seconds), sum(is_chosen)
        if inside < SUPPORT or inside == total:
            return
        everywhere = self._counted(Counter(asked.sets))
        among = self._counted(Counter(compress(asked.sets, is_chosen)))
        candidates = {attribute: count for attribute, count in among.items() if count >= SUPPORT}
        for (key, value), count in candidates.items():
            all_with = everywhere[key, value]
            share, rest = count / inside, (all_with - count) / (total - inside)
            p = fisher(count, inside, all_with, total)
            if share > rest and p * len(candidates) < SIGNIFICANT:  # each candidate is a chance for an accident
                yield Outlier(name, chosen, key, value, share, rest, count, p)


def attributes(
    nodes: Sequence[Segment], *, cold: bool, reports: Mapping[str, InvocationReport]
) -> frozenset[Attribute]:
    """What a trace with these parts can be told by."""
    found = {("cold start", "yes" if cold else "no")}
    for node in nodes:
        if node.annotations:
            found.update((str(key), str(value)) for key, value in node.annotations.items())
        if node.user:
            found.add(("user", node.user))
        if node.origin != FUNCTION:
            continue
        version = node.aws.get("function_version")
        if version:
            found.add((f"version of {node.name}", str(version)))
        report = reports.get(str(node.aws.get("request_id"))) if reports else None
        if report:
            found.add((f"memory of {node.name}", f"{report.memory_size_mb} MB"))
    return frozenset(found)
