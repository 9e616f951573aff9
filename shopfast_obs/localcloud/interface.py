"""What the parts of the local cloud know of each other. The Lambda host and MiniStack's seam produce telemetry, the
services X-Ray and CloudWatch keep it; neither side imports the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

ACCOUNT, REGION = "000000000000", "us-east-1"


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """The account and region that a request is signed for; nothing of one is seen in another."""

    account: str = ACCOUNT
    region: str = REGION

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of this scope."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


class Clock(Protocol):
    """The cloud's time. Tests and drills move it forward; nothing moves it back."""

    def now(self) -> float:
        """Epoch seconds, as the cloud sees them."""
        ...


@dataclass(frozen=True, slots=True)
class Measurement:
    """One observation of a metric, at the cloud's time unless `timestamp` says when."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    value: float
    unit: str = "None"
    timestamp: float | None = None


class Telemetry(Protocol):
    """Where the cloud's own services put what they observe. No call raises; each returns when the record is stored."""

    def within(self, scope: Scope) -> Telemetry:
        """The same for what is observed in another account or region; without it the default scope is meant."""
        ...

    def put_segments(self, documents: Sequence[Mapping[str, Any]]) -> None:
        """Store X-Ray segment documents."""
        ...

    def put_metrics(self, measurements: Sequence[Measurement]) -> None:
        """Store observations of metrics."""
        ...

    def put_log_events(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        """Append (epoch seconds, message) events to a stream, creating both; EMF lines become metrics."""
        ...


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One HTTP request to an AWS API: `service` and `region` are read from the signature's credential scope."""

    method: str
    path: str
    headers: Mapping[str, str]  # lower-case names
    query: Mapping[str, Sequence[str]]
    body: bytes
    service: str
    region: str
    account: str = ACCOUNT

    @property
    def scope(self) -> Scope:
        """The account and region that the request is signed for."""
        return Scope(self.account, self.region or REGION)


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """One HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class ServedApi(Protocol):
    """A set of AWS APIs that we serve ourselves, in front of MiniStack."""

    def claims(self, request: ApiRequest) -> bool:
        """True when it answers the request."""
        ...

    async def handle(self, request: ApiRequest) -> ApiResponse:
        """The answer, errors included, in AWS's shape."""
        ...


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One deployed function as the host runs it. Two specs with the same `revision` share execution environments; a new
    configuration or code has a new one."""

    arn: str
    name: str
    version: str
    revision: str
    handler: str
    runtime: str
    timeout: int  # seconds
    memory_mb: int
    code_zip: bytes
    environment: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[
        tuple[str, bytes | None], ...
    ] = ()  # (layer version ARN, zip; None for a public layer that we stand in for)
    tracing_mode: str = "PassThrough"  # or Active
    log_format: str = "Text"  # or JSON
    log_group: str = ""
    application_log_level: str = ""  # JSON format only
    system_log_level: str = ""
    region: str = REGION
    account: str = ACCOUNT

    @property
    def scope(self) -> Scope:
        """The account and region that the function lives in."""
        return Scope(self.account, self.region)


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a function. `trace_header` is the caller's X-Amzn-Trace-Id; `invoked_arn` keeps its qualifier.

    Of an asynchronous invocation `attempt` is the subsegment of the AWS::Lambda segment that its queue writes. `links`
    are the trace headers of the messages that the event holds."""

    request_id: str
    event: bytes
    invoked_arn: str
    trace_header: str = ""
    client_context: str = ""
    http: tuple[str, str] | None = None  # method and address of the Function URL request that it answers
    wants_log: bool = False  # the caller waits for the end of the log beside the answer
    attempt: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvokeResult:
    """What the caller gets: the payload, `Unhandled` or empty, and the last 4 KB of the log where it is wanted."""

    payload: bytes
    function_error: str = ""
    log_tail: bytes = b""


class FunctionHost(Protocol):
    """Runs functions. Blocking and thread-safe; concurrency limits are the caller's affair."""

    def invoke(self, spec: FunctionSpec, invocation: Invocation) -> InvokeResult:
        """The answer of one invocation: returned, raised, timed out or died. What it leaves behind (logs, metrics,
        segments) is recorded before this returns when the caller wants the log, and right afterwards otherwise."""
        ...

    def close(self) -> None:
        """End every execution environment and wait until they are gone."""
        ...


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """One queue at one moment."""

    name: str
    visible: int
    in_flight: int
    oldest_age: float  # seconds
    delayed: int = 0
    scope: Scope = field(default_factory=Scope)
    oldest_sent: float = 0.0  # when the oldest message was sent, on this machine's clock


@dataclass(frozen=True, slots=True)
class LogFilter:
    """A metric filter or a subscription filter of a log group, as it was put."""

    name: str
    pattern: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LogGroup:
    """One log group. `retention_days` is None when its events never expire."""

    name: str
    arn: str
    retention_days: int | None = None
    metric_filters: Sequence[LogFilter] = ()
    subscription_filters: Sequence[LogFilter] = ()


@dataclass(frozen=True, slots=True)
class StreamSpan:
    """The first and last event of a log stream, and its last ingestion; milliseconds since 1970."""

    first: int
    last: int
    ingested: int


class LogDirectory(Protocol):
    """The log groups and streams that MiniStack keeps; their events are kept by CloudWatch Logs."""

    def group(self, scope: Scope, name: str) -> LogGroup | None:
        """A log group by name."""
        ...

    def groups(self, scope: Scope) -> Sequence[LogGroup]:
        """All log groups of an account and region."""
        ...

    def streams(self, scope: Scope, group: str) -> Sequence[str]:
        """The names of the streams of a group, in order."""
        ...

    def everywhere(self) -> Sequence[tuple[Scope, LogGroup]]:
        """All log groups."""
        ...

    def create(self, scope: Scope, group: str, stream: str) -> None:
        """Make sure that group and stream are there."""
        ...

    def wrote(self, scope: Scope, group: str, stream: str, span: StreamSpan) -> None:
        """Take note of the events that a stream was given."""
        ...

    def show_live(self, scope: Scope, group: str, stream: str, events: Sequence[Mapping[str, Any]]) -> None:
        """Hand events to the Live Tail sessions that watch the group."""
        ...


class DeployedApplication(Protocol):
    """What CloudWatch needs of MiniStack."""

    @property
    def logs(self) -> LogDirectory:
        """Log groups and streams."""
        ...

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        """Publish on an SNS topic."""
        ...

    def invoke(self, function_arn: str, event: Mapping[str, Any]) -> None:
        """Invoke a function asynchronously; raises LookupError when there is none."""
        ...

    def put_record(self, stream_arn: str, data: bytes, key: str) -> None:
        """Put a record on a Kinesis or Firehose stream; raises LookupError when there is none."""
        ...

    def put_event(self, scope: Scope, source: str, detail_type: str, event: Mapping[str, Any]) -> None:
        """Put an event of AWS's own on the default bus; `event` has its `detail` and `resources`."""
        ...

    def queue_depths(self) -> Sequence[QueueDepth]:
        """All queues."""
        ...
