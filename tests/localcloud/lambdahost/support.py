"""Functions to run, and a telemetry that remembers."""

from __future__ import annotations

import io
import json
import time
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.localcloud.gateway.credentials import Credentials
from shopfast_obs.localcloud.interface import FunctionHost, FunctionSpec, Invocation, InvokeResult, Measurement, Scope
from shopfast_obs.localcloud.lambdahost.sandbox.variables import Surroundings

SURROUNDINGS = Surroundings("http://127.0.0.1:9", "127.0.0.1:1", Credentials("s" * 40))


class WallClock:
    """Real time, `ahead` of it where a test says so."""

    ahead = 0.0

    def now(self) -> float:
        """Epoch seconds."""
        return time.time() + self.ahead


class Recorder:
    """A Telemetry that keeps everything in lists."""

    def __init__(self) -> None:
        self.segments: list[Mapping[str, Any]] = []
        self.metrics: list[tuple[str, str, dict[str, str], float, str]] = []
        self.logs: list[tuple[str, str, float, str]] = []

    def within(self, scope: Scope) -> Recorder:
        """One list for all regions."""
        return self

    def put_segments(self, documents: Sequence[Mapping[str, Any]]) -> None:
        """Keep segments."""
        self.segments += documents

    def put_metrics(self, measurements: Sequence[Measurement]) -> None:
        """Keep observations."""
        self.metrics += [(m.namespace, m.name, dict(m.dimensions), m.value, m.unit) for m in measurements]

    def put_log_events(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        """Keep events."""
        self.logs += [(group, stream, at, text) for at, text in events]

    def lines(self, spec: FunctionSpec) -> list[str]:
        """The messages of a function's log group."""
        return [text for group, _, _, text in self.logs if group == f"/aws/lambda/{spec.name}"]

    def metric(self, spec: FunctionSpec, name: str, count: int) -> list[float]:
        """The first values of a metric of a function, once there are `count`; metrics come a moment later."""
        for _ in range(200):
            values = [m[3] for m in self.metrics if m[1] == name and m[2] == {"FunctionName": spec.name}]
            if len(values) >= count:
                return values
            time.sleep(0.01)
        return values


def package(code: str) -> bytes:
    """A zip with handler.py."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("handler.py", code)
    return buffer.getvalue()


def function(code: str, **changes: Any) -> FunctionSpec:
    """A function of its own name with `code` as handler.py."""
    name = f"f-{uuid.uuid4().hex[:8]}"
    fields: dict[str, Any] = {
        "arn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}",
        "name": name,
        "version": "$LATEST",
        "revision": "1",
        "handler": "handler.lambda_handler",
        "runtime": "python3.11",
        "timeout": 10,
        "memory_mb": 1769,
        "code_zip": package(code),
    }
    return FunctionSpec(**fields | changes)


def call(
    host: FunctionHost, spec: FunctionSpec, event: Any = None, trace_header: str = "", **more: Any
) -> InvokeResult:
    """Invoke a function with an event and wait until it is recorded; `more` are fields of the invocation."""
    request = Invocation(str(uuid.uuid4()), json.dumps(event).encode(), spec.arn, trace_header, wants_log=True, **more)
    return host.invoke(spec, request)
