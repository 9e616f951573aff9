"""Many traces to one overview: entry points, service map, where the time goes, cold starts, what failed, the slowest,
and what is wrong with the data. Traces are taken one at a time and not kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import partial
from heapq import nsmallest

from shopfast_obs.analysis.errors.groups import ErrorGroup, error_groups
from shopfast_obs.analysis.traces.critical_path import CriticalPath, answer_path, critical_path
from shopfast_obs.analysis.traces.failures import trace_failures
from shopfast_obs.analysis.traces.outcome import entry_name, operation, outcome, resource, route
from shopfast_obs.analysis.traces.overview.call_patterns import Pattern, PatternBuilder
from shopfast_obs.analysis.traces.overview.cold_starts import FunctionStarts, StartsBuilder
from shopfast_obs.analysis.traces.overview.outliers import AttributeValue, Outlier, OutlierBuilder
from shopfast_obs.analysis.traces.overview.path_steps import (
    EXEMPLARS,
    Column,
    PathStep,
    StepColumn,
    doubles,
    longest_first,
)
from shopfast_obs.analysis.traces.overview.plans.planner import Planner, empty_builder
from shopfast_obs.analysis.traces.overview.sampling import sampled
from shopfast_obs.analysis.traces.overview.service_map import Counts, ServiceMap, Tally, map_builder
from shopfast_obs.analysis.traces.overview.summaries import Summaries, TraceSummary
from shopfast_obs.analysis.traces.tree import FUNCTION, SERVICE, TraceTree, tree
from shopfast_obs.model.deployments import Deployment
from shopfast_obs.model.failures import Failure
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport, Segment, Trace


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

    traces: Sequence[TraceSummary]
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


def overview(
    traces: Iterable[Trace],
    reports: Mapping[str, InvocationReport] | None = None,
    deployments: Sequence[Deployment] = (),
) -> Overview:
    """The overview of the traces; empty tuples for none. `reports`, by request id, tell memory sizes and sampling,
    `deployments` in which of them another version answered."""
    builder = OverviewBuilder(reports, deployments)
    builder.take_all(traces)
    return builder.result()


class OverviewBuilder:
    """Collects an overview, one trace at a time. What it holds are sums and columns, so that builders of parts of the
    traces can be merged: in the order of these parts the result is that of one builder for all. `column` makes what
    numbers are collected in."""

    def __init__(
        self,
        reports: Mapping[str, InvocationReport] | None = None,
        deployments: Sequence[Deployment] = (),
        column: Column = doubles,
    ) -> None:
        self.deployments = tuple(sorted(deployments, key=lambda one: one.time))
        self.parted = _Parted(self.deployments, OverviewBuilder(reports)) if deployments else None
        self.reports = reports or {}
        self.summaries = Summaries()
        self.entries: defaultdict[str, Tally] = defaultdict(partial(Tally, column))
        self.map, self.starts = map_builder(column), StartsBuilder.of(self.reports, column)
        self.patterns, self.outliers = (
            PatternBuilder.of(column, self.summaries.ids),
            OutlierBuilder(self.reports, column),
        )
        # By entry point, name, category.
        self.steps: defaultdict[tuple[str, str, str], StepColumn] = defaultdict(partial(StepColumn, column))
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

    def take_all(self, traces: Iterable[Trace]) -> None:
        """Take in many traces; one that cannot be taken in is counted. Those that are alike are taken in by a plan,
        which does what `add` did to the first of them."""
        planner = self._planner()
        try:
            for trace in traces:
                try:
                    if planner is None or not planner.take(trace):
                        self.add(trace)
                except Exception:  # one trace of many must not hide what the others tell
                    self.quality["defect"] += 1
        finally:
            if planner is not None:
                planner.settle()

    def _planner(self) -> Planner | None:
        """None where what logs and deployments tell differs from trace to trace, and where `add` is another one."""
        plain = type(self) is OverviewBuilder and not self.reports and self.parted is None
        return Planner(self, empty_builder) if plain else None

    def forget_reports(self) -> None:
        """Leave what logs tell to the builder that this one is merged into."""
        self.reports = self.starts.reports = self.outliers.reports = {}
        if self.parted is not None:
            self.parted.forget_reports()

    def take(self, grown: TraceTree, path: CriticalPath, answer: CriticalPath, summary: TraceSummary) -> None:
        """Count a trace whose paths are known."""
        self.summaries.append(summary)
        if summary.warnings:
            self.quality.update({warning.partition(":")[0] for warning in summary.warnings})
        if not grown.nodes:
            return
        self.entries[summary.entry_point].count(summary.outcome, summary.response)
        self.map.add(grown)
        self.starts.add(grown, answer)
        self.patterns.add(grown, len(self.summaries) - 1)
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
        row = len(self.summaries) - 1
        for key, seconds in own.items():
            self.steps[entry_point, *key].add(seconds, row)
        for key, seconds in later.items():
            self.steps[entry_point, *key].later.append(seconds)

    def merge(self, other: OverviewBuilder) -> None:
        """Take in what the other one collected of the traces that follow these."""
        before = len(self.summaries)
        self.summaries.extend(other.summaries)
        for name, tally in other.entries.items():
            self.entries[name].merge(tally)
        self.map.merge(other.map)
        self.starts.merge(other.starts)
        self.patterns.merge(other.patterns, before)
        self.outliers.merge(other.outliers)
        for key, step in other.steps.items():
            self.steps[key].merge(step, before)
        self.failures += other.failures
        self.quality.update(other.quality)
        if self.parted is not None and other.parted is not None:
            self.parted.merge(other.parted)

    def result(self) -> Overview:
        """What the traces so far say."""
        together: defaultdict[tuple[str, str], StepColumn] = defaultdict(StepColumn)
        for (_, *key), step in self.steps.items():
            together[key[0], key[1]].merge(step)
        ids = self.summaries.ids
        return Overview(
            traces=self.summaries,
            entry_points=self._entry_points(),
            service_map=self.map.result(),
            breakdown=self.summaries.breakdown(),
            steps=longest_first(step.of(*key, ids) for key, step in together.items()),
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
        ids, responses = self.summaries.ids, self.summaries.responses
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for row, number in enumerate(self.summaries.entries):
            rows[self.summaries.names.values[number]].append(row)
        steps: defaultdict[str, list[PathStep]] = defaultdict(list)
        for (name, *key), step in self.steps.items():
            steps[name].append(step.of(key[0], key[1], ids))
        found = []
        for name, tally in self.entries.items():
            slowest = nsmallest(EXEMPLARS, rows[name], key=lambda row: -responses[row])
            spent = self.summaries.breakdown(rows[name])
            slow = tuple(ids[row] for row in slowest)
            found.append(EntryPoint(name, tally.counts(), slow, spent, longest_first(steps[name])))
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

    def forget_reports(self) -> None:
        """See the builder."""
        self._now.forget_reports()

    def merge(self, other: _Parted) -> None:
        """Count what the other one counted."""
        self._now.merge(other._now)
        for name, tally in other._before.items():
            self._before[name].merge(tally)
        self._changed |= other._changed
        self._by += other._by

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
        cold_starts=len(answer.cold_starts),
        parts=len(grown.nodes),
        warnings=grown.warnings,
    )


def _troubled(nodes: Sequence[Segment]) -> bool:
    for node in nodes:  # noqa: SIM110 - any() takes twice as long, and there are millions
        if node.fault or node.error or node.throttle:
            return True
    return False


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
