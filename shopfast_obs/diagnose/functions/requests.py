"""What became of each request: killed by the timeout, out of memory, waiting for another service, in a new init.

Each invocation has one verdict: from its REPORT, the lines around it, the last word of the deadline's guard, its trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from shopfast_obs.analysis.sizing.recommendation import cpu_share
from shopfast_obs.analysis.traces.outcome import operation
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import out_of_memory
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource
from shopfast_obs.model.telemetry import InvocationReport, LogEvent, Segment, Trace
from shopfast_obs.parse.logs import platform, powertools
from shopfast_obs.parse.logs.open_requests import OpenRequests

Verdict = Literal["ok", "error", "timeout", "out_of_memory", "downstream", "reinit"]
MOST = 0.7  # of its time: a request that waited so long for one call was killed by that call
BUSY = 0.5  # of the CPU that it could have had: then it worked, whatever call it was in
LITTLE_CPU = 0.25  # of a vCPU; below it, an open call without a word about the CPU may be the SDK's own work


@record
class Request:
    """One invocation with its verdict. `waited_for` and `waited` (seconds) name the call that was open when it was
    killed; `said` is the last line that the function wrote; `busy` whether it used its CPU, None if nothing tells."""

    report: InvocationReport
    verdict: Verdict
    waited_for: str = ""
    waited: float = 0.0
    told_by: Literal["", "logs", "traces"] = ""
    said: str = ""
    busy: bool | None = None
    after_a_kill: bool = False  # its environment was made anew inside its own time


@dataclass(slots=True)
class _Around:
    """The lines of one invocation."""

    words: int = 0
    said: str = ""
    guard: dict[str, Any] | None = None
    init_failed: bool = False
    after_a_kill: bool = False


def requests(function: Resource, context: Context) -> tuple[Request, ...]:
    """The function's invocations under its present configuration, in the order of its log."""
    return context.once(("requests", function.name), lambda: tuple(_requests(function, context)))


def telling_traces(function: Resource, context: Context) -> tuple[Trace, ...]:
    """The function's traces without those of killed invocations whose calls were lost with them: time without a call
    says nothing there."""
    silent = {r.report.trace_id for r in requests(function, context) if r.verdict == "timeout" and not r.told_by}
    return tuple(trace for trace in context.traces(function) if trace.id not in silent)


def of_verdict(function: Resource, context: Context, *verdicts: Verdict) -> tuple[Request, ...]:
    """The invocations that ended so."""
    return tuple(request for request in requests(function, context) if request.verdict in verdicts)


def _requests(function: Resource, context: Context) -> Iterator[Request]:
    around = _surroundings(context.events(function))
    reports = context.reports(function)
    speaks = any(around.get(_key(r), _NOBODY).words for r in reports if r.status == "success")
    traces = {trace.id: trace for trace in context.traces(function)}
    for report in reports:
        lines = around.get(_key(report), _NOBODY)
        yield _judged(report, lines, traces.get(report.trace_id), function.name, speaks=speaks)


def _judged(report: InvocationReport, lines: _Around, trace: Trace | None, function: str, *, speaks: bool) -> Request:
    if report.status == "success":
        return Request(report, "ok", said=lines.said, after_a_kill=lines.after_a_kill)
    if out_of_memory(report):
        return Request(report, "out_of_memory", said=lines.said)
    if report.status == "error":
        return Request(report, "error", said=lines.said, after_a_kill=lines.after_a_kill)
    if lines.init_failed or (lines.after_a_kill and speaks and not lines.words and lines.guard is None):
        return Request(report, "reinit", said=lines.said)
    call, seconds = _open_call(lines.guard) if lines.guard else _open_in(trace, function)
    told: Literal["", "logs", "traces"] = "logs" if lines.guard else "traces" if call else ""
    busy = _busy(report, lines.guard)
    # The SDK reads answers inside the call: with little CPU an open call may be work, unless the guard says.
    worked = cpu_share(report.memory_size_mb) < LITTLE_CPU if busy is None else busy
    hung = call and seconds >= MOST * report.duration and not worked
    return Request(report, "downstream" if hung else "timeout", call, seconds, told, lines.said, busy)


def _busy(report: InvocationReport, guard: dict[str, Any] | None) -> bool | None:
    """Whether the function used the CPU that it had; None when the guard does not say."""
    used = (guard or {}).get("cpu_seconds")
    if not isinstance(used, int | float):
        return None
    return used >= BUSY * cpu_share(report.memory_size_mb) * report.duration


def _open_call(guard: dict[str, Any]) -> tuple[str, float]:
    """The call that the guard saw, and for how long it had been open."""
    name = guard.get("aws_call")
    opened = [item for item in guard.get("open_subsegments") or () if isinstance(item, dict)]
    inner = opened[-1] if opened else {}
    seconds = inner.get("seconds")
    waited = float(seconds) if isinstance(seconds, int | float) else 0.0
    if isinstance(name, str) and name:
        return name, waited
    # The handler's own subsegment is open in any case; what lies below it is a call or a part of the code.
    return (str(inner.get("name", "")), waited) if len(opened) > 1 else ("", 0.0)


def _open_in(trace: Trace | None, function: str) -> tuple[str, float]:
    """The call of a trace that was not over when the function was."""
    longest = ("", 0.0)
    for segment in trace.segments if trace else ():
        if segment.origin != "AWS::Lambda::Function" or segment.name != function:
            continue
        stop = max((s.end or s.start for s in (trace.segments if trace else ())), default=segment.start)
        for call in _calls(segment):
            seconds = stop - call.start
            if call.end is None and seconds > longest[1]:
                longest = (f"{call.name} {operation(call)}".strip(), seconds)
    return longest


def _calls(segment: Segment) -> Iterator[Segment]:
    waiting = list(segment.subsegments)
    while waiting:
        part = waiting.pop()
        if part.namespace in ("aws", "remote"):
            yield part
        waiting.extend(part.subsegments)


_NOBODY = _Around()


def _key(report: InvocationReport) -> tuple[str, str, float]:
    return report.stream, report.request_id, report.timestamp


@dataclass(slots=True)
class _Stream:
    """What is known of one execution environment while its log is read: the lines of each request that is open, and
    those that no request has yet."""

    served: OpenRequests = field(default_factory=OpenRequests)
    lines: dict[str, _Around] = field(default_factory=dict)
    before: _Around = field(default_factory=_Around)
    killed: bool = False

    def around(self, message: str) -> _Around:
        """The lines that this one belongs to; of several requests, those of the one that it names, or nobody's."""
        if self.served.several:
            return self.lines.get(self.served.of(message), _Around())
        return self.lines.get(self.served.only, self.before)

    def start(self, message: str) -> None:
        """A request begins; its new init may be told before it starts."""
        request = self.served.take(message)
        if not self.served.several:
            self.lines.clear()
        self.lines[request] = _Around(after_a_kill=self.killed, init_failed=self.before.init_failed)
        self.before = _Around()

    def end(self, report: InvocationReport) -> _Around:
        """The lines of the request that ends."""
        found = self.lines.pop(report.request_id, self.before)
        self.served.close(report.request_id)
        self.killed = report.status == "timeout" or (self.killed and report.status != "success")
        self.before = _Around()
        return found


def _surroundings(events: tuple[LogEvent, ...]) -> dict[tuple[str, str, float], _Around]:
    """What was written around every REPORT. Environments write at the same time, each into its own stream."""
    found: dict[tuple[str, str, float], _Around] = {}
    streams: dict[str, _Stream] = {}
    for event in events:
        stream, message = streams.setdefault(event.stream, _Stream()), event.message
        if platform.started(message):
            stream.start(message)
        elif (report := platform.report(message, event)) is not None:
            found[_key(report)] = stream.end(report)
        elif (init := platform.init_report(message, event)) is not None:
            lines = stream.around(message)
            lines.init_failed = lines.init_failed or (init.phase == "invoke" and init.status != "success")
        elif platform.timeout(message) or platform.runtime_exit(message):
            stream.killed = True
        elif not platform.is_platform(message):
            _read(stream.around(message), message)
    return found


def _read(lines: _Around, message: str) -> None:
    lines.words += 1
    lines.said = message
    if '"remaining_ms"' in message and '"running"' in message:
        lines.guard = dict(powertools.record(message).fields)
