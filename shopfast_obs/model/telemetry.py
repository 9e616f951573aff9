"""What was observed: log events, platform reports, metrics, traces. Times are epoch seconds, durations seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Literal, NamedTuple

from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Gap


@record
class TimeRange:
    """`[start, end)` in epoch seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """The length of the range in seconds."""
        return self.end - self.start


@record
class LogEvent:
    """One event of CloudWatch Logs."""

    timestamp: float
    message: str
    group: str
    stream: str
    event_id: str = ""


@record
class InvocationReport:
    """One platform REPORT (text or JSON log format): what Lambda says about one invocation.

    `status` is `success` where the line carries none. `init` is absent on a warm start.
    """

    request_id: str
    timestamp: float
    duration: float
    billed: float
    memory_size_mb: int
    max_memory_mb: int
    init: float | None = None
    status: Literal["success", "error", "timeout"] = "success"
    error_type: str = ""
    trace_id: str = ""
    group: str = ""
    stream: str = ""


@record
class InitStart:
    """The version of the runtime that an execution environment begins with, `python:3.11.v200` as Lambda writes it."""

    timestamp: float
    runtime: str
    group: str
    stream: str


@record
class MetricSeries:
    """One statistic of one metric: `(timestamp of the period's start, value)` pairs, oldest first."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    period: int
    points: tuple[tuple[float, float], ...] = ()
    unit: str = "None"

    @property
    def total(self) -> float:
        """The sum of the values."""
        return sum(value for _, value in self.points)


@record
class WatchedMetric:
    """One metric that an alarm reads, by itself or inside metric math."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


@record
class WatchedQuery:
    """A query that an alarm evaluates in the place of one metric. `groups` are the log groups that a log alarm names,
    by name, ARN or reference. Without a language: what the alarm reads was not told."""

    language: Literal["PromQL", "Metrics Insights", "Logs Insights", ""]
    text: str = ""
    groups: tuple[str, ...] = ()


@record
class AlarmChange:
    """One change of an alarm's state. `evaluated` is False when somebody set it by hand."""

    timestamp: float
    state: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    evaluated: bool


@record
class AlarmStatus:
    """One alarm as DescribeAlarms gives it. `watches` has every metric that it reads, those of metric math included,
    `queries` what it reads by queries; `changes` are those of its state in a window, where its history was read, oldest
    first."""

    name: str
    state: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    reason: str = ""
    changed: float = 0.0
    namespace: str = ""
    metric: str = ""
    dimensions: tuple[tuple[str, str], ...] = ()
    actions: tuple[str, ...] = ()
    watches: tuple[WatchedMetric, ...] = ()
    changes: tuple[AlarmChange, ...] = ()
    queries: tuple[WatchedQuery, ...] = ()


@record
class TracedException:
    """One exception of an X-Ray `cause`."""

    type: str = ""
    message: str = ""
    id: str = ""
    remote: bool = False
    cause: str = ""
    stack: tuple[tuple[str, int, str], ...] = ()  # (path, line, label), innermost first as X-Ray has it


_NONE: Mapping[str, Any] = {}


class Segment(NamedTuple):
    """One X-Ray segment or subsegment. `end` is None while in progress. `origin` only segments have, `namespace` only
    subsegments (`aws`, `remote` or empty)."""

    # A named tuple, not a dataclass: reports build millions, and a frozen dataclass takes six times as long to make.

    id: str
    name: str
    start: float
    end: float | None
    trace_id: str = ""
    parent_id: str = ""
    origin: str = ""
    namespace: str = ""
    resource_arn: str = ""
    inferred: bool = False
    fault: bool = False
    error: bool = False
    throttle: bool = False
    annotations: Mapping[str, str | float | bool] = _NONE
    metadata: Mapping[str, Any] = _NONE
    http: Mapping[str, Any] = _NONE
    aws: Mapping[str, Any] = _NONE
    user: str = ""
    exceptions: tuple[TracedException, ...] = ()
    cause_id: str = ""  # a `cause` that only names the exception of another segment
    links: tuple[str, ...] = ()  # ids of linked traces
    precursors: tuple[str, ...] = ()  # ids of siblings that ended before this began, where the SDK says so
    subsegments: tuple[Segment, ...] = ()
    entry: bool = False  # the entry of a service that another part called, whether an origin tells it or not

    @property
    def duration(self) -> float:
        """Seconds from start to end; 0 while in progress."""
        return 0.0 if self.end is None else max(0.0, self.end - self.start)


@record
class Trace:
    """One trace as BatchGetTraces returns it: its segments, each with its embedded subsegments. Several segments may be
    roots, parents may be missing, inferred copies are still in. `problems` says what could not be read of it."""

    id: str
    segments: tuple[Segment, ...]
    duration: float | None = None
    limit_exceeded: bool = False
    problems: tuple[str, ...] = ()

    def walk(self) -> Iterator[Segment]:
        """Every segment and subsegment, parents before children."""
        stack = list(reversed(self.segments))
        while stack:
            segment = stack.pop()
            yield segment
            stack.extend(reversed(segment.subsegments))


@record
class ServiceTotals:
    """What X-Ray counted of one service over all its traces of a window: requests, client errors (throttles among
    them), faults, and the seconds of all together."""

    name: str
    type: str
    requests: int
    errors: int = 0
    throttles: int = 0
    faults: int = 0
    seconds: float = 0.0


@record
class Observations:
    """Everything that was observed of an application in one window, collected in bulk before anyone reads it.

    `logs` and `reports` are keyed by log group and by function name. What could not be read is in `gaps`: a rule that
    needs it says so instead of saying "clear".
    """

    window: TimeRange
    logs: Mapping[str, tuple[LogEvent, ...]] = field(default_factory=dict)
    reports: Mapping[str, tuple[InvocationReport, ...]] = field(default_factory=dict)
    metrics: tuple[MetricSeries, ...] = ()
    traces: tuple[Trace, ...] = ()
    alarms: tuple[AlarmStatus, ...] = ()
    gaps: tuple[Gap, ...] = ()
