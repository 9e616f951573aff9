"""Stand-ins for the parts of the cloud that other modules build; they write down what they are given as JSON lines."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shopfast_obs.localcloud.components import Factories
from shopfast_obs.localcloud.interface import (
    Clock,
    DeployedApplication,
    FunctionSpec,
    Invocation,
    InvokeResult,
    Measurement,
    Scope,
    ServedApi,
    Telemetry,
)
from shopfast_obs.localcloud.lambdahost.sandbox.variables import Surroundings

LEDGER = "ledger.jsonl"


class Ledger:
    """Lines of JSON that a test reads from another process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def write(self, kind: str, **fields: object) -> None:
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, **fields}) + "\n")

    def read(self, kind: str) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return [entry for entry in map(json.loads, lines) if entry["kind"] == kind]


class LedgerTelemetry:
    """Writes metrics and segments down; log events only make their stream."""

    def __init__(self, ledger: Ledger, application: DeployedApplication, scope: Scope | None = None) -> None:
        self._ledger = ledger
        self._application = application
        self._scope = scope or Scope()

    def within(self, scope: Scope) -> LedgerTelemetry:
        return LedgerTelemetry(self._ledger, self._application, scope)

    def put_segments(self, documents: Sequence[Mapping[str, Any]]) -> None:
        for document in documents:
            self._ledger.write("segment", document=dict(document))

    def put_metrics(self, measurements: Sequence[Measurement]) -> None:
        for m in measurements:
            self._ledger.write(
                "metric",
                metric=f"{m.namespace} {m.name}",
                dimensions=dict(m.dimensions),
                value=m.value,
                unit=m.unit,
                region=self._scope.region,
            )

    def put_log_events(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        self._ledger.write("log events", group=group, stream=stream, events=list(events))
        self._application.logs.create(self._scope, group, stream)


class LedgerAlarms:
    """Writes down what CloudFormation does with alarms."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def put(self, scope: Scope, properties: Mapping[str, Any]) -> str:
        self._ledger.write("alarm put", properties=dict(properties), region=scope.region)
        return f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{properties['AlarmName']}"

    def delete(self, scope: Scope, name: str) -> None:
        self._ledger.write("alarm deleted", name=name)


class LedgerServices:
    """Telemetry services without an API."""

    xray_address = "127.0.0.1:0"

    def __init__(self, ledger: Ledger, application: DeployedApplication) -> None:
        self._ledger = ledger
        self.telemetry: Telemetry = LedgerTelemetry(ledger, application)
        self.alarms = LedgerAlarms(ledger)
        self.apis: Sequence[ServedApi] = ()

    def call_xray(self, scope: Scope, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self._ledger.write("xray", operation=operation, parameters=dict(parameters))
        arn = scope.arn("xray", f"made/{operation}")
        return {"Group": {"GroupARN": arn}, "SamplingRuleRecord": {"SamplingRule": {"RuleARN": arn}}}

    async def start(self) -> None:
        self._ledger.write("services started")

    def recover(self) -> None:
        self._ledger.write("services recovered")

    def look(self) -> None:
        self._ledger.write("clock moved")

    def forget_logs(self, scope: Scope, group: str, stream: str | None = None) -> None:
        self._ledger.write("logs forgotten", group=group, stream=stream)

    async def stop(self) -> None:
        self._ledger.write("services stopped")


class StandInHost:
    """Does what a function's handler is called: `echo.handler`, `fail.handler`, `slow.handler`, `text.handler`."""

    def __init__(self, ledger: Ledger, telemetry: Telemetry) -> None:
        self._ledger = ledger
        self._telemetry = telemetry

    def invoke(self, spec: FunctionSpec, invocation: Invocation) -> InvokeResult:
        event = json.loads(invocation.event)
        seen = {"function": spec.name, "request_id": invocation.request_id, "trace": invocation.trace_header}
        about = {"revision": spec.revision, "memory": spec.memory_mb, "links": invocation.links, "at": time.time()}
        self._ledger.write("invocation", **seen, **about, event=event)
        self._telemetry.put_log_events(spec.log_group, "stream", [(time.time(), f"ran {invocation.request_id}")])
        return BEHAVIOURS[spec.handler.partition(".")[0]](seen, event)

    def close(self) -> None:
        self._ledger.write("host closed")


def _echo(seen: dict[str, str], event: object) -> InvokeResult:
    body = json.dumps({**seen, "event": event})
    return InvokeResult(json.dumps({"statusCode": 200, "body": body}).encode(), log_tail=b"a line\n")


def _fail(seen: dict[str, str], event: object) -> InvokeResult:
    payload = b'{"errorMessage":"it broke","errorType":"ValueError","requestId":"r","stackTrace":[]}'
    return InvokeResult(payload, "Unhandled", b"a trace\n")


def _slow(seen: dict[str, str], event: object) -> InvokeResult:
    time.sleep(1.0)
    return _echo(seen, event)


def _text(seen: dict[str, str], event: object) -> InvokeResult:
    return InvokeResult(b'"just a text"')


BEHAVIOURS = {"echo": _echo, "fail": _fail, "slow": _slow, "text": _text}


def factories(ledger: Ledger) -> Factories:
    """Factories of stand-ins that write to one ledger."""

    def host(state: Path, telemetry: Telemetry, clock: Clock, at: Surroundings) -> StandInHost:
        return StandInHost(ledger, telemetry)

    return Factories(services=lambda state, clock, application: LedgerServices(ledger, application), host=host)
