"""Two samples against each other: what is slower, fails more, starts cold more often, calls more, is new or gone.

A difference counts when it is both unlikely to be an accident (5 % for all rows of a table together) and large enough
to matter. Where there are too few traces to tell, that is the answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from shopfast_obs.analysis.sample import Sample, Series
from shopfast_obs.analysis.statistics import Distribution, fisher, holm, locations_differ, rates_differ

Verdict = Literal["slower", "faster", "more", "fewer", "same", "not enough data"]

ALPHA = 0.05
ENOUGH = 20  # observations on each side
TOLERANCE = 0.10  # of the median
NOTHING = 0.001  # seconds; what clocks in milliseconds cannot tell
_STRUCTURAL = ("n_plus_one", "sequential")  # how the code calls; slow or throttled calls come and go
_MANY = 3.0  # standard deviations by which calls per request differ


@dataclass(frozen=True, slots=True)
class LatencyChange:
    """One route or edge. `change` is that of the median, relative; `p` is corrected for the number of rows."""

    name: str
    before: Distribution
    after: Distribution
    change: float | None
    p: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RateChange:
    """How often something happens: hits of so many, on both sides."""

    name: str
    before: tuple[int, int]
    after: tuple[int, int]
    p: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class AmountChange:
    """An amount per trace: calls of an edge, or seconds on the critical path."""

    name: str
    before: float
    after: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Presence:
    """What only one side has."""

    kind: Literal["service", "edge", "error", "pattern", "entry point"]
    name: str
    new: bool
    alarming: bool = False  # and no accident


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed. `worse` are the sentences for which a check should fail."""

    before: int
    after: int
    routes: tuple[LatencyChange, ...]
    edges: tuple[LatencyChange, ...]
    errors: tuple[RateChange, ...]
    cold_starts: tuple[RateChange, ...]
    calls: tuple[AmountChange, ...]
    critical_path: tuple[AmountChange, ...]
    presence: tuple[Presence, ...]
    warnings: tuple[str, ...]
    worse: tuple[str, ...]


def compare(before: Sample, after: Sample, tolerance: float = TOLERANCE) -> Comparison:
    """What changed between two samples; `tolerance` is the relative change of a median that does not matter."""
    routes = _latencies(before.entries, after.entries, tolerance)
    edges = _latencies(before.edges, after.edges, tolerance)
    errors = _rates(*({n: (s.failed, s.count) for n, s in side.entries.items()} for side in (before, after)))
    cold = _rates(before.cold, after.cold)
    calls = _calls(before, after)
    presence = tuple(_presence(before, after))
    return Comparison(
        before=before.traces,
        after=after.traces,
        routes=routes,
        edges=edges,
        errors=errors,
        cold_starts=cold,
        calls=calls,
        critical_path=_path(before, after),
        presence=presence,
        warnings=tuple(_warnings(before, after)),
        worse=(
            *(f"{r.name} is slower" for r in routes if r.verdict == "slower"),
            *(f"{r.name} fails more often" for r in errors if r.verdict == "more"),
            *(f"{r.name} starts cold more often" for r in cold if r.verdict == "more"),
            *(f"{c.name} is called more often per request" for c in calls if c.verdict == "more"),
            *(f"new {p.kind}: {p.name}" for p in presence if p.alarming),
        ),
    )


def _latencies(
    before: Mapping[str, Series], after: Mapping[str, Series], tolerance: float
) -> tuple[LatencyChange, ...]:
    """Every name that both sides have; the tests of one table are corrected together."""
    names = [name for name in after if name in before]
    tested = [name for name in names if min(len(before[name].seconds), len(after[name].seconds)) >= ENOUGH]
    chances = dict(
        zip(tested, holm([locations_differ(before[n].seconds, after[n].seconds) for n in tested]), strict=True)
    )
    rows = [_latency(name, before[name].latency, after[name].latency, chances.get(name), tolerance) for name in names]
    return tuple(sorted(rows, key=lambda row: (row.verdict in ("same", "not enough data"), -row.after.count, row.name)))


def _latency(name: str, old: Distribution, new: Distribution, p: float | None, tolerance: float) -> LatencyChange:
    change = new.p50 / old.p50 - 1 if old.p50 > 0 else None
    verdict: Verdict = "same"
    if p is None:
        verdict = "not enough data"
    elif p < ALPHA and abs(new.p50 - old.p50) > max(NOTHING, tolerance * old.p50):
        verdict = "slower" if new.p50 > old.p50 else "faster"
    return LatencyChange(name, old, new, change, p, verdict)


def _rates(before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]) -> tuple[RateChange, ...]:
    names = [name for name in after if name in before]
    tested = [name for name in names if min(before[name][1], after[name][1]) >= ENOUGH]
    chances = holm([
        rates_differ((before[n][0], after[n][0]), (before[n][1], after[n][1])) for n in tested
    ])  # fmt: skip
    known = dict(zip(tested, chances, strict=True))
    rows = []
    for name in names:
        old, new, p = before[name], after[name], known.get(name)
        verdict: Verdict = "not enough data" if p is None else "same"
        if p is not None and p < ALPHA:
            verdict = "more" if new[0] * old[1] > old[0] * new[1] else "fewer"
        rows.append(RateChange(name, old, new, p, verdict))
    return tuple(sorted(rows, key=lambda row: (row.verdict in ("same", "not enough data"), -row.after[0], row.name)))


def _calls(before: Sample, after: Sample) -> tuple[AmountChange, ...]:
    """Calls of every edge per trace."""

    def judged(old: float, new: float) -> Verdict:
        if min(before.traces, after.traces) < ENOUGH:
            return "not enough data"
        spread = math.sqrt(old / before.traces + new / after.traces)
        if abs(new - old) <= max(_MANY * spread, TOLERANCE * old):
            return "same"
        return "more" if new > old else "fewer"

    sides = [
        {name: series.count / side.traces for name, series in side.edges.items()} if side.traces else {}
        for side in (before, after)
    ]
    return _amounts(sides[0], sides[1], [name for name in sides[1] if name in sides[0]], judged)


def _path(before: Sample, after: Sample) -> tuple[AmountChange, ...]:
    """Seconds per trace of every part on the critical path, the largest shift first."""

    def judged(old: float, new: float) -> Verdict:
        if min(before.traces, after.traces) < ENOUGH:
            return "not enough data"
        return "same" if abs(new - old) <= max(NOTHING, TOLERANCE * old) else "more" if new > old else "fewer"

    sides = [
        {name: seconds / side.traces for name, seconds in side.steps.items()} if side.traces else {}
        for side in (before, after)
    ]
    return _amounts(sides[0], sides[1], {**sides[0], **sides[1]}, judged)


def _amounts(
    before: Mapping[str, float],
    after: Mapping[str, float],
    names: Iterable[str],
    judged: Callable[[float, float], Verdict],
) -> tuple[AmountChange, ...]:
    rows = []
    for name in names:
        old, new = before.get(name, 0.0), after.get(name, 0.0)
        rows.append(AmountChange(name, old, new, judged(old, new)))
    return tuple(sorted(rows, key=lambda row: (-abs(row.after - row.before), row.name)))


def _presence(before: Sample, after: Sample) -> Iterable[Presence]:
    if not before.traces or not after.traces:
        return
    known: tuple[tuple[Literal["service", "edge", "pattern", "entry point"], Iterable[str], Iterable[str]], ...] = (
        ("entry point", before.entries, after.entries),
        ("service", before.services, after.services),
        ("edge", before.edges, after.edges),
        ("pattern", before.patterns, after.patterns),
    )
    for kind, old, new in known:
        for name in sorted(set(new) - set(old)):
            yield Presence(kind, name, new=True, alarming=kind == "pattern" and name.startswith(_STRUCTURAL))
        yield from (Presence(kind, name, new=False) for name in sorted(set(old) - set(new)))
    if before.errors is None or after.errors is None:
        return
    for fingerprint, (name, count) in after.errors.items():
        if fingerprint not in before.errors:
            accident = fisher(count, after.traces, count, before.traces + after.traces)
            yield Presence("error", name, new=True, alarming=accident < ALPHA)
    for fingerprint, (name, _) in before.errors.items():
        if fingerprint not in after.errors:
            yield Presence("error", name, new=False)


def _warnings(before: Sample, after: Sample) -> Iterable[str]:
    for name, side in (("before", before), ("after", after)):
        if not side.traces:
            yield f"empty: there are no traces {name}"
        broken = sum(count for kind, count in side.warnings.items() if kind in ("in_progress", "missing_root"))
        if broken:
            yield f"partial: {broken} of {side.traces} traces {name} are incomplete"
    if min(before.traces, after.traces) and not 0.2 < before.traces / after.traces < 5:
        yield f"unequal: {before.traces} traces before, {after.traces} after; was the sampling the same?"
