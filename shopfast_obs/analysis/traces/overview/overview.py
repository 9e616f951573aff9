"""Many traces to one overview: entry points, service map, where the time goes, cold starts, what failed, the slowest,
and what is wrong with the data. Traces are taken one at a time and not kept."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappush, heappushpop, nlargest

from shopfast_obs.analysis.errors.groups import ErrorGroup, error_groups
from shopfast_obs.analysis.traces.critical_path import CATEGORIES, CriticalPath, answer_path, critical_path
from shopfast_obs.analysis.traces.failures import trace_failures
from shopfast_obs.analysis.traces.outcome import Outcome, entry_name, operation, outcome, resource, route
from shopfast_obs.analysis.traces.overview.call_patterns import Pattern, PatternBuilder
from shopfast_obs.analysis.traces.overview.cold_starts import FunctionStarts, StartsBuilder
from shopfast_obs.analysis.traces.overview.outliers import AttributeValue, Outlier, OutlierBuilder
from shopfast_obs.analysis.traces.overview.sampling import sampled
from shopfast_obs.analysis.traces.overview.service_map import Counts, MapBuilder, ServiceMap, Tally
from shopfast_obs.analysis.traces.tree import FUNCTION, SERVICE, TraceTree, tree
from shopfast_obs.model.deployments import Deployment
from shopfast_obs.model.failures import Failure
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport, Segment, Trace

EXEMPLARS = 3


@record
class TraceSummary:
    """One trace in short. `duration` is from the root's start to the last end, `response` the root's own; `breakdown`
    and `cold_starts` are those of the path to the last end, `critical_path` the parts of the path to the answer."""

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


@record
class EntryPoint:
    """One route, or one service that is called without HTTP: what its callers saw. `slowest` are trace ids, `breakdown`
    the seconds of its critical paths by category, `critical_path` their parts."""

    name: str
    counts: Counts
    slowest: tuple[str, ...]
    breakdown: Mapping[str, float] = field(default_factory=dict)
    critical_path: tuple[PathStep, ...] = ()


@record
class PathStep:
    """One kind of part on the paths to the answers, and after these to the ends: its own seconds there, which is what
    it could save at most. `exemplars` are the traces in which that was most; `spread` is the standard deviation among
    the traces that have it; `later` are those of its seconds that came after the answer: nobody at the entry point
    waited for them."""

    name: str
    category: str
    traces: int
    seconds: float
    exemplars: tuple[str, ...] = ()
    spread: float = 0.0
    later: float = 0.0

    @property
    def awaited(self) -> float:
        """Seconds until the answer."""
        return self.seconds - self.later


@record
class Split:
    """Traces that a deployment parts: `before` are the entry points as they were before it, with the traces that it
    left behind; `now` is everything else. `changed` are the entry points that it touches. Where several functions were
    deployed at other times, traces are parted by the last deployment of theirs, and `deployment` is the newest of
    `count`."""

    deployment: Deployment
    now: Overview
    before: Mapping[str, Counts]
    changed: frozenset[str]
    count: int = 1


@record
class Overview:
    """What a set of traces says. `breakdown` is the seconds of all critical paths by category; `failures` are the
    groups of what went wrong in them; `quality` counts the kinds of warnings, in traces; `sampling` is how many of how
    many invocations were traced, as far as logs tell; `deployments` are those of the window, and `split` tells the
    traces before the last of them from those since."""

    traces: tuple[TraceSummary, ...]
    entry_points: tuple[EntryPoint, ...]
    service_map: ServiceMap
    breakdown: Mapping[str, float]
    steps: tuple[PathStep, ...]
    cold_starts: tuple[FunctionStarts, ...]
    quality: Mapping[str, int]
    patterns: tuple[Pattern, ...] = ()
    outliers: tuple[Outlier, ...] = ()
    failures: tuple[ErrorGroup, ...] = ()
    sampling: tuple[int, int] | None = None
    attributes: tuple[AttributeValue, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    split: Split | None = None


@dataclass(slots=True)
class _Step:
    traces: int = 0
    seconds: float = 0.0
    squares: float = 0.0
    later: float = 0.0
    most: list[tuple[float, str]] = field(default_factory=list)  # a heap of the traces with the most of it

    def add(self, seconds: float, trace_id: str) -> None:
        self.traces += 1
        self.seconds += seconds
        self.squares += seconds * seconds
        if len(self.most) < EXEMPLARS:
            heappush(self.most, (seconds, trace_id))
        elif seconds > self.most[0][0]:
            heappushpop(self.most, (seconds, trace_id))

    def merge(self, other: _Step) -> None:
        self.traces += other.traces
        self.seconds += other.seconds
        self.squares += other.squares
        self.later += other.later
        self.most = nlargest(EXEMPLARS, self.most + other.most)

    def of(self, name: str, category: str) -> PathStep:
        exemplars = tuple(trace_id for _, trace_id in sorted(self.most, reverse=True))
        variance = max(0.0, self.squares / self.traces - (self.seconds / self.traces) ** 2)
        return PathStep(name, category, self.traces, self.seconds, exemplars, math.sqrt(variance), self.later)


def overview(
    traces: Iterable[Trace],
    reports: Mapping[str, InvocationReport] | None = None,
    deployments: Sequence[Deployment] = (),
) -> Overview:
    """The overview of the traces; empty tuples for none. `reports`, by request id, tell memory sizes and sampling,
    `deployments` in which of them another version answered."""
    builder = OverviewBuilder(reports, deployments)
    for trace in traces:
        try:
            builder.add(trace)
        except Exception:  # one trace of many must not hide what the others tell
            builder.quality["defect"] += 1
    return builder.result()


class OverviewBuilder:
    """Collects an overview, one trace at a time."""

    def __init__(
        self, reports: Mapping[str, InvocationReport] | None = None, deployments: Sequence[Deployment] = ()
    ) -> None:
        self.deployments = tuple(sorted(deployments, key=lambda one: one.time))
        self.parted = _Parted(self.deployments, OverviewBuilder(reports)) if deployments else None
        self.reports = reports or {}
        self.summaries: list[TraceSummary] = []
        self.entries: defaultdict[str, Tally] = defaultdict(Tally)
        self.map, self.starts = MapBuilder(), StartsBuilder(self.reports)
        self.patterns, self.outliers = PatternBuilder(), OutlierBuilder(self.reports)
        self.steps: defaultdict[tuple[str, str, str], _Step] = defaultdict(_Step)  # by entry point, name, category
        self.failures: list[Failure] = []
        self.quality: Counter[str] = Counter()

    def add(self, trace: Trace) -> TraceTree:
        """Take in one trace; its tree, for who wants to know more of it."""
        grown = tree(trace)
        path = critical_path(grown)
        answer = answer_path(grown, path)
        summary = summarised(grown, path, answer)
        self.take(grown, path, answer, summary)
        if self.parted is not None:
            self.parted.take(grown, path, answer, summary)
        return grown

    def take(self, grown: TraceTree, path: CriticalPath, answer: CriticalPath, summary: TraceSummary) -> None:
        """Count a trace whose paths are known."""
        self.summaries.append(summary)
        if summary.warnings:
            self.quality.update({warning.partition(":")[0] for warning in summary.warnings})
        if not grown.nodes:
            return
        self.entries[summary.entry_point].count(summary.outcome, summary.response)
        self.map.add(grown)
        self.starts.add(grown, path)
        self.patterns.add(grown)
        failed = summary.outcome != "ok"
        self.outliers.add(grown, answer, summary.entry_point, summary.response, failed=failed)
        if failed or _troubled(grown.nodes):
            self.failures.extend(trace_failures(grown))
        self._step(grown, path, answer, summary.entry_point)

    def _step(self, grown: TraceTree, path: CriticalPath, answer: CriticalPath, entry_point: str) -> None:
        own: dict[tuple[str, str], float] = {}
        later: dict[tuple[str, str], float] = {}
        for start, end, node, category in answer.slices:
            key = (_step_name(grown, node), category)
            own[key] = own.get(key, 0.0) + end - start
        if answer is not path:
            answered = grown.ends[0]
            for start, end, node, category in path.slices:
                if end > answered:
                    key, after = (_step_name(grown, node), category), end - max(start, answered)
                    own[key] = own.get(key, 0.0) + after
                    later[key] = later.get(key, 0.0) + after
        for key, seconds in own.items():
            self.steps[entry_point, *key].add(seconds, grown.trace.id)
        for key, seconds in later.items():
            self.steps[entry_point, *key].later += seconds

    def result(self) -> Overview:
        """What the traces so far say."""
        breakdown = dict.fromkeys(CATEGORIES, 0.0)
        for summary in self.summaries:
            for category, seconds in summary.breakdown.items():
                breakdown[category] += seconds
        together: defaultdict[tuple[str, str], _Step] = defaultdict(_Step)
        for (_, *key), step in self.steps.items():
            together[key[0], key[1]].merge(step)
        return Overview(
            traces=tuple(self.summaries),
            entry_points=self._entry_points(),
            service_map=self.map.result(),
            breakdown=breakdown,
            steps=_longest_first(step.of(*key) for key, step in together.items()),
            cold_starts=self.starts.result(),
            quality=dict(sorted(self.quality.items())),
            patterns=self.patterns.result(),
            outliers=self.outliers.result(),
            failures=error_groups(self.failures),
            sampling=sampled(self.reports.values()),
            attributes=self.outliers.values(),
            deployments=self.deployments,
            split=self.parted.split() if self.parted else None,
        )

    def _entry_points(self) -> tuple[EntryPoint, ...]:
        slowest: defaultdict[str, list[str]] = defaultdict(list)
        spent: dict[str, dict[str, float]] = {name: dict.fromkeys(CATEGORIES, 0.0) for name in self.entries}
        for summary in sorted(self.summaries, key=lambda s: -s.response):
            if summary.entry_point not in spent:  # a trace without segments
                continue
            if len(slowest[summary.entry_point]) < EXEMPLARS:
                slowest[summary.entry_point].append(summary.id)
            seconds = spent[summary.entry_point]
            for category, own in summary.breakdown.items():
                seconds[category] += own
        steps: defaultdict[str, list[PathStep]] = defaultdict(list)
        for (name, *key), step in self.steps.items():
            steps[name].append(step.of(key[0], key[1]))
        found = [
            EntryPoint(name, tally.counts(), tuple(slowest[name]), spent[name], _longest_first(steps[name]))
            for name, tally in self.entries.items()
        ]
        return tuple(sorted(found, key=lambda entry: (-entry.counts.total, entry.name)))


class _Parted:
    """Tells traces of the version that runs now from those of versions before: by the functions in them."""

    def __init__(self, deployments: Sequence[Deployment], now: OverviewBuilder) -> None:
        self._now = now
        self._last = {name: one for one in deployments for name in one.names}
        self._before: defaultdict[str, Tally] = defaultdict(Tally)
        self._changed: set[str] = set()
        self._by: list[Deployment] = []

    def take(self, grown: TraceTree, path: CriticalPath, answer: CriticalPath, summary: TraceSummary) -> None:
        """Count one trace on its side of the deployments that touch it."""
        names = {node.name for node in grown.nodes if node.origin in (SERVICE, FUNCTION)}
        touching = [self._last[name] for name in names if name in self._last]
        last = max(touching, key=lambda one: one.time, default=None)
        if last is not None:
            self._changed.add(summary.entry_point)
        if last is None or summary.start >= last.time:
            self._now.take(grown, path, answer, summary)
        else:
            self._before[summary.entry_point].count(summary.outcome, summary.response)
            self._by.append(last)

    def split(self) -> Split | None:
        """Both sides; None where no trace is from before."""
        if not self._by:
            return None
        last = max(self._by, key=lambda one: one.time)
        before = {name: tally.counts() for name, tally in self._before.items()}
        return Split(last, self._now.result(), before, frozenset(self._changed), len({one.time for one in self._by}))


def summarised(grown: TraceTree, path: CriticalPath, answer: CriticalPath) -> TraceSummary:
    """One trace in short, from its tree and its paths to the end and to the answer."""
    root = grown.nodes[0] if grown.nodes else None
    return TraceSummary(
        id=grown.trace.id,
        start=grown.start,
        duration=grown.duration,
        response=grown.ends[0] - grown.start if root else 0.0,
        entry_point=_entry_point(root) if root else "",
        outcome=outcome(root) if root else "ok",
        breakdown=path.breakdown,
        critical_path=tuple([grown.nodes[index].name for index in answer.nodes]),
        cold_starts=len(path.cold_starts),
        parts=len(grown.nodes),
        warnings=grown.warnings,
    )


def _troubled(nodes: Sequence[Segment]) -> bool:
    for node in nodes:  # noqa: SIM110 - any() takes twice as long, and there are millions
        if node.fault or node.error or node.throttle:
            return True
    return False


def _longest_first(steps: Iterable[PathStep]) -> tuple[PathStep, ...]:
    return tuple(sorted(steps, key=lambda step: (-step.seconds, step.name)))


def _entry_point(root: Segment) -> str:
    return route(root) or entry_name(root)


def _step_name(grown: TraceTree, index: int) -> str:
    """`service: part`, or the call with its operation and resource."""
    if index == -1:
        return "(between)"
    segment = grown.nodes[index]
    name, aws = segment.name, segment.aws
    asked = operation(segment) if aws and "operation" in aws else ""
    if asked:
        target = resource(segment)
        return f"{name} {asked} {target}" if target != name else f"{name} {asked}"
    if segment.origin or segment.entry or grown.parents[index] == -1:
        return entry_name(segment)
    return f"{grown.nodes[grown.owner(index)].name}: {name}"
