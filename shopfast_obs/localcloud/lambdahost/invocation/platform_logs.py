"""The lines that Lambda itself writes into a function's log, in both of its formats."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from shopfast_obs.localcloud.interface import FunctionSpec

Phase = Literal["init", "invoke"]
Status = Literal["success", "error", "timeout"]
LEVELS = ("DEBUG", "INFO", "WARN")


@dataclass(frozen=True, slots=True)
class InitReport:
    """How an initialisation ended; `duration` in milliseconds."""

    phase: Phase
    duration: float
    status: Status
    error_type: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """How an invocation ended; durations in milliseconds. `init` is there after a cold start only."""

    request_id: str
    duration: float
    billed: int
    memory_mb: int
    peak_mb: int
    init: float | None = None
    status: Status = "success"
    error_type: str = ""
    trace_id: str = ""  # of a sampled trace
    segment_id: str = ""


class PlatformLog(Protocol):
    """Makes the platform's events; an empty string is an event that this format or level leaves out."""

    def init_start(self, time: float, phase: Phase) -> str:
        """A runtime starts."""
        ...

    def init_report(self, time: float, report: InitReport) -> str:
        """A runtime has started, or failed to."""
        ...

    def start(self, time: float, request_id: str) -> str:
        """An invocation begins."""
        ...

    def fate(self, time: float, request_id: str, text: str, error_type: str) -> str:
        """The sandbox died during an invocation."""
        ...

    def end(self, time: float, report: Report) -> str:
        """The invocation is over."""
        ...

    def report(self, time: float, report: Report) -> str:
        """What the invocation took."""
        ...


def platform_log(spec: FunctionSpec) -> PlatformLog:
    """The maker of platform events for a function's log format."""
    return JsonLog(spec) if spec.log_format.upper() == "JSON" else TextLog(spec)


def runtime_version(spec: FunctionSpec) -> tuple[str, str]:
    """The name and the ARN of the runtime version, made up but constant."""
    name, _, version = spec.runtime.partition("3.")
    digest = hashlib.sha256(spec.runtime.encode()).hexdigest()
    label = f"{name}:3.{version}.v{int(digest[:2], 16) % 90 + 10}" if version else f"{spec.runtime}.v1"
    return label, f"arn:aws:lambda:{spec.region}::runtime:{digest}"


def iso(time: float) -> str:
    """A time as Lambda writes it, with milliseconds."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(time * 1000) % 1000:03d}Z"


class TextLog:
    """INIT_START, START, END and REPORT lines."""

    def __init__(self, spec: FunctionSpec) -> None:
        self._spec = spec

    def init_start(self, time: float, phase: Phase) -> str:
        """INIT_START."""
        version, arn = runtime_version(self._spec)
        return f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}\n"

    def init_report(self, time: float, report: InitReport) -> str:
        """INIT_REPORT, which on-demand functions write only for a failure."""
        if report.status == "success":
            return ""
        line = f"INIT_REPORT Init Duration: {report.duration:.2f} ms\tPhase: {report.phase}\tStatus: {report.status}"
        return f"{line}\tError Type: {report.error_type}\n" if report.status == "error" else f"{line}\n"

    def start(self, time: float, request_id: str) -> str:
        """START."""
        return f"START RequestId: {request_id} Version: {self._spec.version}\n"

    def fate(self, time: float, request_id: str, text: str, error_type: str) -> str:
        """The line of a timeout or of a runtime that ended."""
        if error_type == "Sandbox.Timedout":
            return f"{iso(time)} {request_id} {text}\n\n"
        return f"RequestId: {request_id} Error: {text}\n{error_type}\n"

    def end(self, time: float, report: Report) -> str:
        """END."""
        return f"END RequestId: {report.request_id}\n"

    def report(self, time: float, report: Report) -> str:
        """REPORT."""
        fields = [
            f"REPORT RequestId: {report.request_id}",
            f"Duration: {report.duration:.2f} ms",
            f"Billed Duration: {report.billed} ms",
            f"Memory Size: {report.memory_mb} MB",
            f"Max Memory Used: {report.peak_mb} MB",
        ]
        if report.init is not None:
            fields.append(f"Init Duration: {report.init:.2f} ms")
        if report.status != "success":
            fields.append(f"Status: {report.status}")
        if report.status == "error":
            fields.append(f"Error Type: {report.error_type}")
        line = "\t".join(fields) + "\t\n"
        if report.trace_id:
            line += f"XRAY TraceId: {report.trace_id}\tSegmentId: {report.segment_id}\tSampled: true\t\n"
        return line


class JsonLog:
    """platform.* events. Which level an event has is Lambda's "system log level event mapping"."""

    def __init__(self, spec: FunctionSpec) -> None:
        self._spec = spec
        level = (spec.system_log_level or "INFO").upper()
        self._threshold = LEVELS.index(level) if level in LEVELS else LEVELS.index("INFO")

    def init_start(self, time: float, phase: Phase) -> str:
        """platform.initStart."""
        version, arn = runtime_version(self._spec)
        return self._event(
            time,
            "INFO",
            "platform.initStart",
            {
                "initializationType": "on-demand",
                "phase": phase,
                "runtimeVersion": version,
                "runtimeVersionArn": arn,
                "functionName": self._spec.name,
                "functionVersion": self._spec.version,
            },
        )

    def init_report(self, time: float, report: InitReport) -> str:
        """platform.initReport."""
        record: dict[str, Any] = {"initializationType": "on-demand", "phase": report.phase, "status": report.status}
        if report.error_type:
            record["errorType"] = report.error_type
        record["metrics"] = {"durationMs": round(report.duration, 3)}
        return self._event(time, "DEBUG" if report.status == "success" else "WARN", "platform.initReport", record)

    def start(self, time: float, request_id: str) -> str:
        """platform.start."""
        return self._event(time, "INFO", "platform.start", {"requestId": request_id, "version": self._spec.version})

    def fate(self, time: float, request_id: str, text: str, error_type: str) -> str:
        """Nothing: platform.runtimeDone and platform.report carry the status."""
        return ""

    def end(self, time: float, report: Report) -> str:
        """platform.runtimeDone."""
        record: dict[str, Any] = {"requestId": report.request_id, **_status(report)}
        record["metrics"] = {"durationMs": round(report.duration, 3), "producedBytes": 0}
        return self._event(time, "DEBUG" if report.status == "success" else "WARN", "platform.runtimeDone", record)

    def report(self, time: float, report: Report) -> str:
        """platform.report."""
        metrics: dict[str, Any] = {
            "durationMs": round(report.duration, 3),
            "billedDurationMs": report.billed,
            "memorySizeMB": report.memory_mb,
            "maxMemoryUsedMB": report.peak_mb,
        }
        if report.init is not None:
            metrics["initDurationMs"] = round(report.init, 3)
        record: dict[str, Any] = {"requestId": report.request_id, "metrics": metrics, **_status(report)}
        if report.trace_id:
            value = f"Root={report.trace_id};Parent={report.segment_id};Sampled=1"
            record["tracing"] = {"spanId": report.segment_id, "type": "X-Amzn-Trace-Id", "value": value}
        return self._event(time, "INFO" if report.status == "success" else "WARN", "platform.report", record)

    def _event(self, time: float, level: str, kind: str, record: Mapping[str, Any]) -> str:
        if LEVELS.index(level) < self._threshold:
            return ""
        return json.dumps({"time": iso(time), "type": kind, "record": record}, separators=(",", ":")) + "\n"


def _status(report: Report) -> dict[str, str]:
    return {"status": report.status} | ({"errorType": report.error_type} if report.status == "error" else {})
