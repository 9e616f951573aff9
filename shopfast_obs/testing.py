"""Public fakes and builders, for our tests and for yours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from shopfast_obs.analysis.logs.patterns import log_pattern
from shopfast_obs.cloud.interface import Excerpt, FailingLines, LogVolume, MetricQuery, StackStatus, Target
from shopfast_obs.errors import CloudUnreachableError, DeniedError
from shopfast_obs.model.deployments import Recorded
from shopfast_obs.model.resources import Inventory
from shopfast_obs.model.telemetry import (
    AlarmChange,
    AlarmStatus,
    LogEvent,
    MetricSeries,
    Segment,
    ServiceTotals,
    TimeRange,
    Trace,
)

LOCAL = Target(name="local", region="us-east-1", endpoint_url="http://127.0.0.1:0")


@dataclass
class FakeCloud:
    """A `cloud.interface.Cloud` that answers from memory.

    Every method call is noted in `calls`; `unreachable` makes each of them raise CloudUnreachableError. A log `pattern`
    is CloudWatch's; the filter expressions that were asked for are in `filter_expressions` and match everything.
    """

    resources: Inventory = field(default_factory=lambda: Inventory(source="fake"))
    logs: Mapping[str, Sequence[LogEvent]] = field(default_factory=dict)
    recorded_traces: Sequence[Trace] = ()
    metrics: Sequence[MetricSeries] = ()
    alarm_statuses: Sequence[AlarmStatus] = ()
    alarm_histories: Mapping[str, Sequence[AlarmChange]] = field(default_factory=dict)
    stack_statuses: Sequence[StackStatus] = ()
    deployed: Recorded = field(default_factory=Recorded)
    ahead: float = 0.0
    target: Target = LOCAL
    unreachable: bool = False
    calls: list[str] = field(default_factory=list)
    filter_expressions: list[str] = field(default_factory=list)
    api_calls: Mapping[str, int] = field(default_factory=dict)
    totals: Sequence[ServiceTotals] = ()

    def stacks(self) -> Sequence[StackStatus]:
        """The stacks it was given."""
        self._called("stacks")
        return self.stack_statuses

    def inventory(self, stacks: Sequence[str] = ()) -> Inventory:
        """The inventory it was given, or the resources of the named stacks in it."""
        self._called("inventory")
        if not stacks:
            return self.resources
        kept = tuple(resource for resource in self.resources.resources if resource.stack in stacks)
        return Inventory(self.resources.source, kept, self.resources.gaps)

    def recorded(self, since: float, own: Sequence[str] = ()) -> Recorded:
        """What it was given, without the operations that ended before; `own` is not looked at."""
        self._called("recorded")
        operations = tuple(one for one in self.deployed.operations if one.ended >= since)
        return replace(self.deployed, operations=operations)

    def groups(self) -> Sequence[str]:
        """The names of the log groups, sorted."""
        self._called("groups")
        return sorted(self.logs)

    def events(self, group: str, window: TimeRange, pattern: str = "") -> Iterator[LogEvent]:
        """The events of the group in the window that match the pattern, oldest first."""
        self._called("events")
        wanted = log_pattern(pattern)
        for event in sorted(self.logs.get(group, ()), key=lambda e: e.timestamp):
            if window.start <= event.timestamp < window.end and wanted.match(event.message) is not None:
                yield event

    def excerpts(self, groups: Sequence[str], window: TimeRange, most: int) -> Mapping[str, Excerpt]:
        """The first events of each group."""
        return {group: self._excerpt(group, window, most) for group in groups}

    def log_volumes(self, window: TimeRange) -> Sequence[LogVolume]:
        """The bytes of the events of each group in the window."""
        self._called("log_volumes")
        return [LogVolume(group, sum(len(one.message) for one in self._within(group, window))) for group in self.logs]

    def failing_lines(self, volumes: Sequence[LogVolume], window: TimeRange) -> FailingLines:
        """All events of the groups, which hold everything that a query could find."""
        self._called("failing_lines")
        events = tuple(event for volume in volumes for event in self._within(volume.group, window))
        return FailingLines(events, len(events), len(events), sum(len(event.message) for event in events))

    def holding_lines(self, volumes: Sequence[LogVolume], window: TimeRange, text: str, most: int) -> FailingLines:
        """The newest events of the groups with the text."""
        self._called("holding_lines")
        events = [event for volume in volumes for event in self._within(volume.group, window) if text in event.message]
        return FailingLines(tuple(events[-most:]), len(events[-most:]), len(events))

    def stream_lines(self, group: str, stream: str, window: TimeRange) -> Sequence[LogEvent]:
        """The events of one stream in the window."""
        self._called("stream_lines")
        return [event for event in self._within(group, window) if event.stream == stream]

    def _within(self, group: str, window: TimeRange) -> list[LogEvent]:
        events = (event for event in self.logs.get(group, ()) if window.start <= event.timestamp < window.end)
        return sorted(events, key=lambda event: event.timestamp)

    def _excerpt(self, group: str, window: TimeRange, most: int) -> Excerpt:
        try:
            events = tuple(islice(self.events(group, window), most + 1))
        except DeniedError as denied:
            return Excerpt(refused=denied.message)
        return Excerpt(events[:most], cut=len(events) > most)

    def trace_ids(self, window: TimeRange, filter_expression: str = "") -> Sequence[str]:
        """The ids of the traces that start in the window."""
        self._called("trace_ids")
        self.filter_expressions.append(filter_expression)
        return [t.id for t in self.recorded_traces if window.start <= _start(t) < window.end]

    def traces(self, ids: Sequence[str]) -> Iterator[Trace]:
        """The known ones of the traces, in the order of the ids."""
        self._called("traces")
        known = {trace.id: trace for trace in self.recorded_traces}
        return (known[id_] for id_ in ids if id_ in known)

    def service_totals(self, window: TimeRange) -> Sequence[ServiceTotals]:
        """The totals that it was given."""
        self._called("service_totals")
        return self.totals

    def series(self, queries: Sequence[MetricQuery], window: TimeRange) -> Sequence[MetricSeries]:
        """One series a query: the one it was given with the same metric and statistic, cut to the window, or none."""
        self._called("series")
        return [self._one_series(query, window) for query in queries]

    def alarms(self) -> Sequence[AlarmStatus]:
        """The alarms it was given."""
        self._called("alarms")
        return self.alarm_statuses

    def alarm_changes(self, name: str, window: TimeRange) -> Sequence[AlarmChange]:
        """The changes of the alarm that it was given, in the window."""
        self._called("alarm_changes")
        changes = self.alarm_histories.get(name, ())
        return [change for change in changes if window.start <= change.timestamp < window.end]

    def alarm_history(self, window: TimeRange) -> Mapping[str, Sequence[AlarmChange]]:
        """The changes that it was given, in the window, by alarm."""
        self._called("alarm_history")
        return {name: self.alarm_changes(name, window) for name in self.alarm_histories}

    def _one_series(self, query: MetricQuery, window: TimeRange) -> MetricSeries:
        points: tuple[tuple[float, float], ...] = ()
        for series in self.metrics:
            same = (series.namespace, series.name, series.statistic) == (query.namespace, query.name, query.statistic)
            if same and sorted(series.dimensions) == sorted(query.dimensions):
                points = tuple(p for p in series.points if window.start <= p[0] < window.end)
        return MetricSeries(query.namespace, query.name, query.dimensions, query.statistic, query.period, points)

    def _called(self, method: str) -> None:
        self.calls.append(method)
        if self.unreachable:
            raise CloudUnreachableError("no cloud answers at the fake endpoint.", "shopfast-obs cloud start")


def _start(trace: Trace) -> float:
    return min((segment.start for segment in trace.segments), default=0.0)


def log_events(group: str, lines: Iterable[tuple[float, str]], stream: str = "2026/01/01/[$LATEST]0") -> list[LogEvent]:
    """Log events of one stream from (epoch seconds, message) pairs."""
    return [
        LogEvent(timestamp, message, group, stream, str(number)) for number, (timestamp, message) in enumerate(lines)
    ]


def report_line(
    request_id: str,
    duration_ms: float,
    *,
    memory_mb: int = 128,
    used_mb: int = 70,
    init_ms: float | None = None,
    status: str = "",
    trace_id: str = "",
) -> str:
    """A platform REPORT line in Lambda's text format; `status` and `trace_id` are left out when empty."""
    parts = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {duration_ms:.2f} ms",
        f"Billed Duration: {int(-(-duration_ms // 1))} ms",
        f"Memory Size: {memory_mb} MB",
        f"Max Memory Used: {used_mb} MB",
    ]
    if init_ms is not None:
        parts.append(f"Init Duration: {init_ms:.2f} ms")
    if status:
        parts.append(f"Status: {status}")
    line = "\t".join(parts) + "\t"
    if trace_id:
        line += f"\nXRAY TraceId: {trace_id}\tSegmentId: {'0' * 16}\tSampled: true\t"
    return line + "\n"


def function_trace(
    trace_id: str,
    start: float,
    *,
    name: str = "web",
    duration: float = 0.2,
    init: float | None = None,
    fault: bool = False,
    status: int = 200,
    calls: Sequence[Segment] = (),
) -> Trace:
    """A trace of one call of a Lambda function: `AWS::Lambda`, `AWS::Lambda::Function` with Initialization when `init`
    seconds are given, Invocation around `calls`, and Overhead."""
    number = trace_id[-6:]
    begin = start + (init or 0.0)
    end = begin + duration
    parts = [
        Segment(
            id=f"{number}invocation",
            name="Invocation",
            start=begin,
            end=end - duration * 0.01,
            subsegments=tuple(calls),
        ),
        Segment(id=f"{number}overhead00", name="Overhead", start=end - duration * 0.01, end=end),
    ]
    if init is not None:
        parts.insert(0, Segment(id=f"{number}init000000", name="Initialization", start=start, end=begin))
    http = {"request": {"method": "GET", "url": f"https://{name}.example/{name}"}, "response": {"status": status}}
    service = Segment(
        id=f"{number}service000", name=name, start=start, end=end, trace_id=trace_id, origin="AWS::Lambda",
        http=http, fault=fault,
    )  # fmt: skip
    function = Segment(
        id=f"{number}function00", name=name, start=begin, end=end, trace_id=trace_id, origin="AWS::Lambda::Function",
        parent_id=service.id, fault=fault, subsegments=tuple(parts),
    )  # fmt: skip
    return Trace(trace_id, (service, function), duration=end - start)


def answered_early() -> Trace:
    """An API that answers after a second, and a notification that it asked for and that takes eight more."""
    call = Segment("c", "sns", 0.8, 0.9, namespace="aws", aws={"operation": "Publish"})
    api = Segment("r", "api", 0.0, 1.0, origin="AWS::ApiGateway::Stage", subsegments=(call,))
    told = Segment("t", "tell", 2.0, 10.0, origin="AWS::Lambda::Function", parent_id="r")
    return Trace("1-a", (api, told))
