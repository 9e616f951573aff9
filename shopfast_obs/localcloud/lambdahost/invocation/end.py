"""The end of an invocation: its REPORT, its metrics, its segments, and the answer to its caller."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from shopfast_obs.localcloud.interface import FunctionSpec, Invocation, InvokeResult
from shopfast_obs.localcloud.lambdahost.invocation.log_stream import Journal
from shopfast_obs.localcloud.lambdahost.invocation.outcome import Outcome
from shopfast_obs.localcloud.lambdahost.invocation.platform_logs import PlatformLog, Report
from shopfast_obs.localcloud.lambdahost.invocation.tracing import Times, Trace, segments
from shopfast_obs.localcloud.lambdahost.sandbox import boottime
from shopfast_obs.localcloud.lambdahost.sandbox.host_directories import HostContext
from shopfast_obs.localcloud.lambdahost.sandbox.protocol import Frozen, SandboxEnd
from shopfast_obs.localcloud.observer import Observer

MB = 1 << 20


@dataclass(slots=True)
class Run:
    """What is known of the invocation under way. Times are the cloud's, except for what is measured."""

    spec: FunctionSpec
    invocation: Invocation
    stream: str
    trace: Trace
    received: float
    init: tuple[float, float] | None = None  # of a cold start
    started: float = 0.0
    answered: float = 0.0
    peak: int = 0  # bytes
    waited: float = 0.0  # seconds without a core, which Lambda would have given
    outcome: Outcome = field(default_factory=lambda: Outcome(b""))
    unsettled: bool = False  # answered, and its sandbox is on the way to the next event
    _begun: float = field(default=0.0)

    def begin(self, now: float) -> None:
        """From here on the function's timeout counts."""
        self.started = now
        self._begun = boottime.now()

    def elapsed(self) -> float:
        """Seconds since `begin` that count as duration."""
        return max(0.0, boottime.now() - self._begun - self.waited)

    def remaining(self) -> float:
        """Seconds until the timeout; below 0 when the sandbox had to wait for a core that long."""
        return self.spec.timeout - self.elapsed()

    def saw(self, state: Frozen | SandboxEnd) -> None:
        """Take note of what the sandbox used."""
        self.peak = max(self.peak, state.peak)
        self.waited = state.waited

    @property
    def result(self) -> InvokeResult:
        """What the caller gets before the invocation is recorded: no tail of the log."""
        return InvokeResult(self.outcome.payload, self.outcome.function_error)


def conclude(run: Run, journal: Journal, log: PlatformLog, premises: HostContext) -> InvokeResult:
    """Record the invocation everywhere and give the result with the log's tail."""
    outcome, elapsed = run.outcome, run.elapsed()
    now = premises.clock.now()
    report = _report(run, outcome, elapsed)
    journal.close(now)
    if outcome.fate:
        journal.platform(now, log.fate(now, report.request_id, outcome.fate, outcome.fate_type))
    journal.platform(now, log.end(now, report))
    journal.platform(now, log.report(now, report))
    journal.flush()
    if run.trace.sampled:
        times = Times(run.received, run.started, run.answered or now, now, run.init)
        about = (run.spec, run.invocation, run.stream)
        for document in segments(*about, trace=run.trace, times=times, verdict=outcome.verdict):
            premises.observer.segment(document)
    _measure(run, outcome, report.duration, premises.observer)
    if run.invocation.wants_log:
        premises.observer.flush()
    return InvokeResult(outcome.payload, outcome.function_error, journal.tail())


def _report(run: Run, outcome: Outcome, elapsed: float) -> Report:
    limit = float(run.spec.timeout)
    duration = 1000 * (limit if outcome.status == "timeout" else min(elapsed, limit))
    init = (run.init[1] - run.init[0]) * 1000 if run.init else None
    return Report(
        run.invocation.request_id,
        duration,
        math.ceil(duration + (init or 0.0)),  # the init is billed since August 2025
        run.spec.memory_mb,
        min(run.spec.memory_mb, math.ceil(run.peak / MB)),
        init,
        outcome.status,
        outcome.reported,
        run.trace.root if run.trace.sampled else "",
        run.trace.service_id if run.trace.sampled else "",
    )


def _measure(run: Run, outcome: Outcome, duration: float, observer: Observer) -> None:
    qualifier = run.invocation.invoked_arn.partition(":function:")[2].partition(":")[2]
    resource = f"{run.spec.name}:{qualifier}" if qualifier else run.spec.name
    for dimensions in ({"FunctionName": run.spec.name}, {"FunctionName": run.spec.name, "Resource": resource}, {}):
        observer.count("AWS/Lambda", "Invocations", dimensions)
        observer.count("AWS/Lambda", "Errors", dimensions, float(bool(outcome.function_error)))
        observer.metric("AWS/Lambda", "Duration", dimensions, duration, "Milliseconds")
