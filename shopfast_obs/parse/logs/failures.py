"""The events of a function's log to its failures: exceptions, timeouts, deaths, failed inits, logged errors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import lru_cache

from shopfast_obs.model.failures import Failure, FailureKind, Frame
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import InvocationReport, LogEvent
from shopfast_obs.parse.logs import platform, platform_failures, powertools
from shopfast_obs.parse.logs.stream_state import StreamState
from shopfast_obs.parse.read_problems import Unread, defect

_TOLD_AT_ONCE = ("exception", "logged")  # what comes after such a line adds nothing to it
_NO_RECORD = powertools.LogRecord("")
HashReader = Callable[[LogEvent, powertools.LogRecord], None]
_FULL = 0.98  # of its memory: a killed function that used as much ran out of it


@record
class LogFailures:
    """The failures of a set of logs, and the trace of every request that the platform names one for."""

    failures: tuple[Failure, ...]
    traces: Mapping[str, str] = field(default_factory=dict)
    unread: str = ""  # how many lines were left out, and why; empty when none


def failures(events: Iterable[LogEvent], heard: HashReader | None = None) -> LogFailures:
    """The failures that the events tell of; events of one group in the order of time. What the functions themselves
    say is given to `heard` on the way."""
    reader, unread = _Reader(heard), Unread("the logs")
    for event in events:
        unread.read()
        try:
            reader.read(event)
        except Exception as problem:  # one line of thousands must not hide what the others tell
            unread.add(defect(problem), event.message)
    return replace(reader.finished(), unread=unread.problem)


class _Reader:
    def __init__(self, heard: HashReader | None) -> None:
        self.heard = heard
        self.found: list[Failure] = []
        self.streams: defaultdict[tuple[str, str], StreamState] = defaultdict(StreamState)
        self.attempts: dict[str, int] = {}
        self.reports: dict[tuple[str, int], InvocationReport] = {}
        self.traces: dict[str, str] = {}
        self.fates = platform_failures.Fates()

    def read(self, event: LogEvent) -> None:
        """Take in one event."""
        message = event.message
        stream = self.streams[event.group, event.stream]
        if platform.is_platform(message):
            self._platform(event, stream)
        else:
            self._said(event, stream)

    def _platform(self, event: LogEvent, stream: StreamState) -> None:
        started = platform.started(event.message)
        if started:
            stream.start(event.message)
            self.attempts[started] = self.attempts.get(started, 0) + 1
            return
        if event.message.startswith("END RequestId:"):
            stream.served.close(platform.request_id(event.message))
            return
        report = platform.report(event.message, event)
        if report is not None:
            self._reported(report, event, stream)
        elif (end := platform.end(event.message)) is not None:
            self._bad_end(end, event, stream)
        else:
            self._init(event, stream)

    def _bad_end(self, end: platform.End, event: LogEvent, stream: StreamState) -> None:
        """A fault says why the process ended, or nothing that the report does not say better."""
        record: platform_failures.Record = "done"
        said = platform_failures.described(end.status, end.error_type, 0)
        if exit_ := platform.runtime_exit(end.reason):
            record, said = "fault", _exited(exit_)
        elif end.reason:
            record, said = "said", (*said[:2], end.reason)
        self.fates.add(record, self._made(event, stream, *said, request_id=end.request_id))

    def _reported(self, report: InvocationReport, event: LogEvent, stream: StreamState) -> None:
        request = report.request_id
        self.reports[request, self.attempts.get(request, 0)] = report
        if report.trace_id:
            self.traces[request] = report.trace_id
        alone = not stream.served.several
        for index in stream.nameless if alone else ():  # a log that begins within an invocation
            self.found[index] = self.found[index]._replace(request_id=request, attempt=self.attempts.get(request, 0))
        if report.status != "success":
            self._failed(report, event, stream)
        elif stream.early or stream.inits:
            self._inits_told(stream)
        stream.served.close(request)
        stream.nameless, stream.early = [], []

    def _failed(self, report: InvocationReport, event: LogEvent, stream: StreamState) -> None:
        """A request that failed: with it the init that it waited for, which is not another failure."""
        request, attempt = report.request_id, self.attempts.get(report.request_id, 0)
        for index in () if stream.served.several else stream.early:
            self.found[index] = self.found[index]._replace(request_id=request, attempt=attempt)
        if stream.inits and not stream.served.several and report.status == "error":
            self.fates.add("report", stream.inits[-1]._replace(request_id=request, attempt=attempt))
        else:
            said = platform_failures.described(report.status, report.error_type, report.duration)
            self.fates.add("report", self._made(event, stream, *said, request_id=request))
        stream.inits = []

    def _init(self, event: LogEvent, stream: StreamState) -> None:
        report = platform.init_report(event.message, event)
        if report is None or report.status == "success":
            return
        what = "restore" if report.phase == "restore" else "init"
        message = f"{what} {'timed out' if report.status == 'timeout' else 'failed'} after {report.duration:.2f} s"
        request = stream.served.only
        stream.inits.append(
            self._made(event, stream, "init", report.error_type or what.title(), message, request_id=request)
        )

    def _inits_told(self, stream: StreamState) -> None:
        """Inits that failed and after which no request did, unless a line says what failed in them."""
        explained = len(stream.early) + len(stream.nameless)
        self.found += stream.inits[explained:]
        stream.inits = []

    def _said(self, event: LogEvent, stream: StreamState) -> None:
        """A line of the function, or the platform's on its sudden end."""
        message = event.message
        failing = may_fail(message)
        record = powertools.record(message) if failing or self.heard else _NO_RECORD
        if self.heard:
            self.heard(event, record)
        if not (failing and (self._ended(event, stream) or self._logged(event, stream, record))):
            stream.say(message)

    def _ended(self, event: LogEvent, stream: StreamState) -> bool:
        message = event.message
        timeout = platform.timeout(message)
        if timeout is not None:
            message = f"Task timed out after {timeout.seconds:.2f} seconds"
            self._add(event, stream, "timeout", "Timeout", message, request_id=timeout.request_id)
            return True
        exit_ = platform.runtime_exit(message)
        if exit_ is not None:
            if exit_.killed or not stream.died(exit_.request_id):
                self._add(event, stream, *_exited(exit_), request_id=exit_.request_id)
            stream.dying = None
            return True
        if message.startswith("Unknown application error occurred"):
            said = platform_failures.described("error", message.partition("\n")[2].strip(), 0)
            self.fates.add("said", self._made(event, stream, *said, request_id=stream.served.only))
            return True
        return False

    def _logged(self, event: LogEvent, stream: StreamState, record: powertools.LogRecord) -> bool:
        thrown = record.exception
        if thrown is not None:
            self._add(event, stream, "exception", thrown.type, thrown.message, record=record, frames=thrown.stack)
            stream.die(record.request_id or stream.served.only, fatal=thrown.fatal)
            return True
        if record.level in powertools.FAILING:
            self._add(event, stream, "logged", "", record.message, record=record)
            return True
        return False

    def _add(
        self,
        event: LogEvent,
        stream: StreamState,
        kind: FailureKind,
        type_: str,
        message: str,
        *,
        request_id: str = "",
        record: powertools.LogRecord = _NO_RECORD,
        frames: tuple[Frame, ...] = (),
    ) -> None:
        request = request_id or record.request_id or stream.served.only
        if not request:
            stream.nameless.append(len(self.found))
        made = self._made(event, stream, kind, type_, message, request_id=request)
        where = made.where or record.service
        self.found.append(made._replace(where=where, trace_id=record.trace_id, frames=frames))

    def _made(
        self, event: LogEvent, stream: StreamState, kind: FailureKind, type_: str, message: str, *, request_id: str
    ) -> Failure:
        return Failure(
            kind,
            type_,
            message,
            event.timestamp,
            _function(event.group),
            "logs",
            request_id,
            attempt=self.attempts.get(request_id, 0),
            line=event.message,
            group=event.group,
            stream=event.stream,
            detail="" if kind in _TOLD_AT_ONCE else stream.said_last.strip(),
        )

    def finished(self) -> LogFailures:
        """Everything, with what only the reports at the end of an invocation know."""
        for stream in self.streams.values():
            self._inits_told(stream)
        found = [*self.found, *self.fates.untold(self.found)]
        return LogFailures(tuple(self._told(failure) for failure in found), self.traces)

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
            full = report.max_memory_mb >= report.memory_size_mb * _FULL or failure.type.endswith("OutOfMemory")
            detail = f"used {report.max_memory_mb} of {report.memory_size_mb} MB; {last}"
            kind = failure.kind if full else "runtime_exit"
            return failure._replace(trace_id=trace_id, detail=detail, kind=kind)
        return failure._replace(trace_id=trace_id, detail=last if failure.kind == "runtime_exit" else "")


def _exited(exit_: platform.RuntimeExit) -> tuple[FailureKind, str, str]:
    return "out_of_memory" if exit_.killed else "runtime_exit", exit_.error_type or "Runtime exited", exit_.reason


def may_fail(message: str) -> bool:
    """False for a line that tells of no failure: looking for the signs of one is much cheaper than parsing."""
    return (
        "rror" in message  # error, Error, and all names that end so
        or "ERROR" in message
        or "xception" in message
        or "CRITICAL" in message
        or "atal" in message
        or "FATAL" in message
        or "SEVERE" in message
        or "Traceback" in message
        or "Task timed out" in message
        or "Process exited" in message
        or "panic" in message
        or "\tfail\t" in message
        or "\tcrit\t" in message
        or '"level":50' in message  # pino and bunyan
        or '"level":60' in message
        or ("\n" in message and ("    at " in message or "\tat " in message))
    )


@lru_cache(maxsize=1024)
def _function(group: str) -> str:
    return group.removeprefix("/aws/lambda/") if group.startswith("/aws/lambda/") else ""
