"""The events of a function's log to its failures: exceptions, timeouts, deaths, failed inits, logged errors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shopfast_obs.model.failures import Failure, FailureKind, Frame
from shopfast_obs.model.telemetry import InvocationReport, LogEvent
from shopfast_obs.parse import platform, powertools

# A line without any of these tells of no failure; looking for them is much cheaper than parsing.
_SIGNS = ("CRITICAL", "Traceback", "Task timed out", "Runtime exited", "INIT_REPORT", "platform.", "errorType")
_TOLD_AT_ONCE = ("exception", "logged")  # what comes after such a line adds nothing to it
_NO_RECORD = powertools.LogRecord("")
_FULL = 0.98  # of its memory: a killed function that used as much ran out of it


@dataclass(frozen=True, slots=True)
class LogFailures:
    """The failures of a set of logs, and the trace of every request that the platform names one for."""

    failures: tuple[Failure, ...]
    traces: Mapping[str, str] = field(default_factory=dict)


def failures(events: Iterable[LogEvent]) -> LogFailures:
    """The failures that the events tell of; events of one group in the order of time."""
    reader = _Reader()
    for event in events:
        reader.read(event)
    return reader.finished()


@dataclass(slots=True)
class _Stream:
    """What is known about one execution environment while its log is read."""

    request: str = ""
    last_line: str = ""


class _Reader:
    def __init__(self) -> None:
        self.found: list[Failure] = []
        self.streams: defaultdict[tuple[str, str], _Stream] = defaultdict(_Stream)
        self.attempts: dict[str, int] = {}
        self.reports: dict[tuple[str, int], InvocationReport] = {}
        self.traces: dict[str, str] = {}

    def read(self, event: LogEvent) -> None:
        """Take in one event."""
        message = event.message
        stream = self.streams[event.group, event.stream]
        if message.startswith(("START RequestId:", "REPORT RequestId:")) or '"platform.' in message:
            self._platform(event, stream)
        elif message.startswith("END RequestId:"):
            stream.request = ""
        elif "ERROR" in message or any(sign in message for sign in _SIGNS):
            self._failure(event, stream)
        elif not platform.is_platform(message):
            stream.last_line = message

    def _platform(self, event: LogEvent, stream: _Stream) -> None:
        started = platform.started(event.message)
        if started:
            stream.request, stream.last_line = started, ""
            self.attempts[started] = self.attempts.get(started, 0) + 1
            return
        report = platform.report(event.message, event)
        if report is not None:
            self.reports[report.request_id, self.attempts.get(report.request_id, 0)] = report
            if report.trace_id:
                self.traces[report.request_id] = report.trace_id
            stream.request = ""
        else:
            self._init(event, stream)

    def _init(self, event: LogEvent, stream: _Stream) -> None:
        report = platform.init_report(event.message, event)
        if report is not None and report.status != "success":
            message = f"init {'timed out' if report.status == 'timeout' else 'failed'} after {report.duration:.2f} s"
            self._add(event, stream, "init", report.error_type or "Init", message)

    def _failure(self, event: LogEvent, stream: _Stream) -> None:
        timeout = platform.timeout(event.message)
        if timeout is not None:
            message = f"Task timed out after {timeout.seconds:.2f} seconds"
            self._add(event, stream, "timeout", "Timeout", message, request_id=timeout.request_id)
            return
        exit_ = platform.runtime_exit(event.message)
        if exit_ is not None:
            kind: FailureKind = "out_of_memory" if exit_.killed else "runtime_exit"
            self._add(event, stream, kind, "Runtime exited", exit_.reason, request_id=exit_.request_id)
        elif event.message.startswith("INIT_REPORT"):
            self._init(event, stream)
        else:
            self._logged(event, stream)

    def _logged(self, event: LogEvent, stream: _Stream) -> None:
        record = powertools.record(event.message)
        thrown = record.exception
        if thrown is not None:
            self._add(event, stream, "exception", thrown.type, thrown.message, record=record, frames=thrown.stack)
        elif record.level in ("ERROR", "CRITICAL"):
            self._add(event, stream, "logged", "", record.message, record=record)
        elif not platform.is_platform(event.message):
            stream.last_line = event.message

    def _add(
        self,
        event: LogEvent,
        stream: _Stream,
        kind: FailureKind,
        type_: str,
        message: str,
        *,
        request_id: str = "",
        record: powertools.LogRecord = _NO_RECORD,
        frames: tuple[Frame, ...] = (),
    ) -> None:
        request = request_id or record.request_id or stream.request
        self.found.append(
            Failure(
                kind,
                type_,
                message,
                event.timestamp,
                _function(event.group) or record.service,
                "logs",
                request,
                record.trace_id,
                self.attempts.get(request, 0),
                frames,
                event.message,
                event.group,
                event.stream,
                "" if kind in _TOLD_AT_ONCE else stream.last_line.strip(),
            )
        )

    def finished(self) -> LogFailures:
        """Everything, with what only the reports at the end of an invocation know."""
        return LogFailures(tuple(self._told(failure) for failure in self.found), self.traces)

    def _told(self, failure: Failure) -> Failure:
        if failure.kind in _TOLD_AT_ONCE and (failure.trace_id or failure.request_id not in self.traces):
            return failure
        report = self.reports.get((failure.request_id, failure.attempt))
        trace_id = failure.trace_id or self.traces.get(failure.request_id, "")
        last = f"last line before: {failure.detail}" if failure.detail else "no line of its own before"
        if failure.kind == "timeout":
            used = f"; used {report.max_memory_mb} of {report.memory_size_mb} MB" if report else ""
            return failure._replace(trace_id=trace_id, detail=last + used)
        if failure.kind == "out_of_memory" and report is not None:
            full = report.max_memory_mb >= report.memory_size_mb * _FULL
            detail = f"used {report.max_memory_mb} of {report.memory_size_mb} MB; {last}"
            kind = failure.kind if full else "runtime_exit"
            return failure._replace(trace_id=trace_id, detail=detail, kind=kind)
        return failure._replace(trace_id=trace_id, detail=last if failure.kind == "runtime_exit" else "")


def _function(group: str) -> str:
    return group.removeprefix("/aws/lambda/") if group.startswith("/aws/lambda/") else ""
