"""What the parts of the local cloud know of each other. The Lambda host and MiniStack's seam produce telemetry, the X-Ray and
CloudWatch planes keep it; neither side imports the other."""

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

    def put_metric(  # noqa: D102 - one line cannot hold it
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
