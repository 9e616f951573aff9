"""What distinguishes slow traces from fast and failed from good: annotations, users, versions, memory, cold starts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from shopfast_obs.analysis.statistics import fisher, percentile
from shopfast_obs.analysis.traces.critical_path import CriticalPath
from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport

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


@dataclass(slots=True)
class OutlierBuilder:
    """Collects what traces have, one at a time."""

    reports: Mapping[str, InvocationReport] = field(default_factory=dict)
    entries: defaultdict[str, list[tuple[float, bool, frozenset[Attribute]]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, tree: TraceTree, path: CriticalPath, entry_point: str, seconds: float, *, failed: bool) -> None:
        """Take in one trace."""
        self.entries[entry_point].append((seconds, failed, _attributes(tree, path, self.reports)))

    def result(self) -> tuple[Outlier, ...]:
        """The values that stand out, the clearest first."""
        found: list[Outlier] = []
        for name, traces in self.entries.items():
            if len(traces) < LEAST:
                continue
            bound = percentile(sorted(seconds for seconds, _, _ in traces), SLOW)
            found += _compared(name, "slow", traces, [seconds > bound for seconds, _, _ in traces])
            found += _compared(name, "failed", traces, [failed for _, failed, _ in traces])
        return tuple(sorted(found, key=lambda o: (o.share_of_rest - o.share, o.p, o.attribute, o.value)))

    def values(self) -> tuple[AttributeValue, ...]:
        """The most frequent values of all attributes; ids, which every trace has for itself, are none."""
        everything = [attributes for _, _, attributes in chain.from_iterable(self.entries.values())]
        values = _counted(everything)
        names: Counter[str] = Counter()
        for attributes, times in Counter(everything).items():
            for name in {name for name, _ in attributes}:
                names[name] += times
        several = sorted((pair for pair in values.items() if pair[1] >= SUPPORT), key=lambda pair: (-pair[1], pair[0]))
        return tuple(AttributeValue(name, value, count, names[name]) for (name, value), count in several[:VALUES])


def _attributes(tree: TraceTree, path: CriticalPath, reports: Mapping[str, InvocationReport]) -> frozenset[Attribute]:
    found = {("cold start", "yes" if path.cold_starts else "no")}
    for node in tree.nodes:
        if node.annotations:
            found.update((str(key), str(value)) for key, value in node.annotations.items())
        if node.user:
            found.add(("user", node.user))
    for index in tree.functions:
        node = tree.nodes[index]
        version = node.aws.get("function_version")
        if version:
            found.add((f"version of {node.name}", str(version)))
        report = reports.get(str(node.aws.get("request_id"))) if reports else None
        if report:
            found.add((f"memory of {node.name}", f"{report.memory_size_mb} MB"))
    return frozenset(found)


def _counted(sets: Iterable[frozenset[Attribute]]) -> Counter[Attribute]:
    """In how many sets each attribute is; most traces have the same ones, so that equal sets are counted first."""
    found: Counter[Attribute] = Counter()
    for attributes, times in Counter(sets).items():
        for attribute in attributes:
            found[attribute] += times
    return found


def _compared(
    name: str,
    chosen: Literal["slow", "failed"],
    traces: Sequence[tuple[float, bool, frozenset[Attribute]]],
    is_chosen: Sequence[bool],
) -> Iterable[Outlier]:
    total, inside = len(traces), sum(is_chosen)
    if inside < SUPPORT or inside == total:
        return
    everywhere = _counted(attributes for _, _, attributes in traces)
    among = _counted(attributes for (_, _, attributes), yes in zip(traces, is_chosen, strict=True) if yes)
    candidates = {attribute: count for attribute, count in among.items() if count >= SUPPORT}
    for (key, value), count in candidates.items():
        all_with = everywhere[key, value]
        share, rest = count / inside, (all_with - count) / (total - inside)
        p = fisher(count, inside, all_with, total)
        if share > rest and p * len(candidates) < SIGNIFICANT:  # each candidate is a chance for an accident
            yield Outlier(name, chosen, key, value, share, rest, count, p)
