"""The traces of the last minutes, as they come in: bounded in number, and forgotten as they grow old."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from heapq import nlargest

from shopfast_obs.analysis.errors.groups import ErrorGroup, error_groups
from shopfast_obs.analysis.statistics import percentile
from shopfast_obs.analysis.traces.critical_path import answer_path, critical_path
from shopfast_obs.analysis.traces.failures import trace_failures
from shopfast_obs.analysis.traces.overview.overview import summarised
from shopfast_obs.analysis.traces.overview.service_map import MapBuilder, ServiceMap
from shopfast_obs.analysis.traces.overview.summaries import TraceSummary
from shopfast_obs.analysis.traces.overview.timeline import Timeline, timelines
from shopfast_obs.analysis.traces.tree import TraceTree, tree
from shopfast_obs.model.failures import Failure
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import Trace

MAP_SECONDS = 60.0  # what the map and the routes cover
HISTORY = 900.0  # what the time line and the errors cover
SLICE = 5.0  # seconds of traces that the map forgets together
AGAIN = 2.0  # seconds after which a trace is read a second time: its last parts come late
LONGEST = 60.0  # seconds for which a trace that is under way is read again and again
LISTED, FAILED = 100, 2_000  # requests that are listed, failures that are grouped
REMEMBERED = 60_000  # requests of the history
TORN = ("missing_parent:", "several_roots:")  # warnings of a trace whose first part comes later


@record
class Past:
    """One request of the history: all that a time line needs."""

    start: float
    response: float
    entry_point: str
    outcome: str


@record
class Route:
    """What the callers of one entry point met in the last minute; times in seconds."""

    name: str
    requests: int
    failed: int
    p50: float
    p95: float


@record
class _Young:
    """A trace whose last parts may be missing."""

    grown: TraceTree
    summary: TraceSummary
    failures: tuple[Failure, ...]
    first: float  # when it was seen first
    read: float

    @property
    def torn(self) -> bool:
        """Whether parts came before what holds them together, so that nobody knows yet whose request it is."""
        return any(warning.startswith(TORN) for warning in self.summary.warnings)

    @property
    def open(self) -> bool:
        """Whether more of it must come."""
        return self.grown.nodes[0].end is None or self.torn


class RollingTraces:
    """What the last traces say together. Times are the reader's, in seconds since 1970."""

    def __init__(self) -> None:
        self._young: dict[str, _Young] = {}
        self._known: dict[str, float] = {}  # settled traces, until no look finds them any more
        self._slices: dict[int, MapBuilder] = {}
        self._newest: deque[TraceSummary] = deque(maxlen=LISTED)
        self._past: deque[Past] = deque(maxlen=REMEMBERED)
        self._failures: deque[Failure] = deque(maxlen=FAILED)

    def wanted(self, ids: Iterable[str], now: float) -> list[str]:
        """Those of the ids that are to be read: new ones, and those whose last parts may have come meanwhile."""
        return [
            one for one in ids
            if one not in self._known and (one not in self._young or now - self._young[one].read >= AGAIN)
        ]  # fmt: skip

    def take(self, trace: Trace, now: float) -> None:
        """Take in a trace as it is now; a trace without segments is passed over."""
        grown = tree(trace)
        if not grown.nodes:
            return
        path = critical_path(grown)
        summary = summarised(grown, path, answer_path(grown, path))
        failed = summary.outcome != "ok" or any(node.fault or node.error or node.throttle for node in grown.nodes)
        known = self._young.get(trace.id)
        self._young[trace.id] = _Young(
            grown, summary, tuple(trace_failures(grown)) if failed else (), known.first if known else now, now
        )
        if known and (not self._young[trace.id].open or now - known.first > LONGEST):
            self._settle(trace.id)

    def advance(self, now: float) -> None:
        """Forget what is too old, and settle what nobody found a second time."""
        for one in [one for one, young in self._young.items() if now - young.read > LONGEST]:
            self._settle(one)
        self._known = {one: first for one, first in self._known.items() if now - first < 3 * LONGEST}
        for number in [number for number in self._slices if now - (number + 1) * SLICE > MAP_SECONDS]:
            del self._slices[number]
        while self._past and now - self._past[0].start > HISTORY:
            self._past.popleft()
        while self._failures and now - self._failures[0].timestamp > HISTORY:
            self._failures.popleft()

    def _settle(self, name: str) -> None:
        young = self._young.pop(name)
        self._known[name] = young.first
        summary = young.summary
        self._slices.setdefault(int(summary.start // SLICE), MapBuilder()).add(young.grown)
        self._newest.append(summary)
        self._past.append(Past(summary.start, summary.response, summary.entry_point, summary.outcome))
        self._failures.extend(young.failures)

    def service_map(self, now: float) -> ServiceMap:
        """Who called whom in the last minute."""
        together = MapBuilder()
        for number, built in self._slices.items():
            if now - number * SLICE <= MAP_SECONDS:
                together.merge(built)
        for young in self._shown():
            if now - young.summary.start <= MAP_SECONDS:
                together.add(young.grown)
        return together.result()

    def newest(self) -> Sequence[TraceSummary]:
        """The last requests, the newest first."""
        summaries = [*self._newest, *(young.summary for young in self._shown())]
        return nlargest(LISTED, summaries, key=lambda summary: summary.start)

    def _requests(self) -> list[Past]:
        under_way = (young.summary for young in self._shown())
        return [*self._past, *(Past(s.start, s.response, s.entry_point, s.outcome) for s in under_way)]

    def routes(self, now: float) -> list[Route]:
        """What the callers met in the last minute, the busiest route first."""
        by_route: dict[str, list[Past]] = {}
        for one in self._requests():
            if now - one.start <= MAP_SECONDS and one.entry_point:
                by_route.setdefault(one.entry_point, []).append(one)
        found = [_route(name, requests) for name, requests in by_route.items()]
        return sorted(found, key=lambda route: (-route.requests, route.name))

    def timeline(self) -> Timeline | None:
        """All requests of the last quarter of an hour in slices; None where there are none."""
        together = [Past(one.start, one.response, "all", one.outcome) for one in self._requests()]
        return next(iter(timelines(together)), None)

    def errors(self) -> Sequence[ErrorGroup]:
        """What went wrong in the last quarter of an hour, in groups."""
        return error_groups([*self._failures, *(one for young in self._shown() for one in young.failures)])

    def _shown(self) -> list[_Young]:
        return [young for young in self._young.values() if not young.torn]


def _route(name: str, requests: Sequence[Past]) -> Route:
    times = sorted(one.response for one in requests)
    failed = sum(one.outcome != "ok" for one in requests)
    return Route(name, len(requests), failed, percentile(times, 0.5), percentile(times, 0.95))
