"""What the parts of the local cloud know of each other. The Lambda host and MiniStack's seam produce telemetry, the
X-Ray and CloudWatch planes keep it; neither side imports the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class Clock(Protocol):
    """The cloud's time. Tests and drills move it forward; nothing moves it back."""

    def now(self) -> float:
        """Epoch seconds, as the cloud sees them."""
        ...


class Telemetry(Protocol):
    """Where the cloud's own services put what they observe. No call raises; each returns when the record is stored."""

    def put_segment(self, document: Mapping[str, Any]) -> None:
        """Store one X-Ray segment document."""
        ...

    def put_metric(  # noqa: PLR0917
        self,
        namespace: str,
        name: str,
        dimensions: Mapping[str, str],
        value: float,
        unit: str = "None",
        timestamp: float | None = None,
    ) -> None:
        """Store one observation of a metric at the cloud's time, or at `timestamp`."""
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


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """One HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class ApiPlane(Protocol):
    """A set of AWS APIs that we serve ourselves, in front of MiniStack."""

    def claims(self, request: ApiRequest) -> bool:
        """True when this plane answers the request."""
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
    region: str = "us-east-1"
    account: str = "000000000000"


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a function. `trace_header` is the caller's X-Amzn-Trace-Id; `invoked_arn` keeps its qualifier."""

    request_id: str
    event: bytes
    invoked_arn: str
    trace_header: str = ""
    client_context: str = ""
    http: tuple[str, str] | None = None  # method and address of the Function URL request that it answers


@dataclass(frozen=True, slots=True)
class InvokeResult:
    """What the caller gets: the payload, `Unhandled` or empty, and the last 4 KB of this invocation's log."""

    payload: bytes
    function_error: str = ""
    log_tail: bytes = b""


class FunctionHost(Protocol):
    """Runs functions. Blocking and thread-safe; concurrency limits are the caller's affair."""

    def invoke(self, spec: FunctionSpec, invocation: Invocation) -> InvokeResult:
        """Run one invocation to its end, its timeout or its death, and record logs, metrics and segments."""
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


class ApplicationPlane(Protocol):
    """What the CloudWatch plane needs of MiniStack."""

    def append_log_events(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        """Append to a stream of CloudWatch Logs, creating group and stream; subscription filters see the events."""
        ...

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        """Publish on an SNS topic."""
        ...

    def queue_depths(self) -> Sequence[QueueDepth]:
        """All queues."""
        ...
