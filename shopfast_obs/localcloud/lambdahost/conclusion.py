"""The end of an invocation: its REPORT, its metrics, its segments, and the answer to its caller."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from shopfast_obs.localcloud.interface import Clock, FunctionSpec, Invocation, InvokeResult, Telemetry
from shopfast_obs.localcloud.lambdahost.journal import Journal
from shopfast_obs.localcloud.lambdahost.outcome import Outcome
from shopfast_obs.localcloud.lambdahost.platform_logs import PlatformLog, Report
from shopfast_obs.localcloud.lambdahost.protocol import Frozen, Gone
from shopfast_obs.localcloud.lambdahost.tracing import Times, Trace, segments

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
    _begun: float = field(default=0.0)

    def begin(self, now: float) -> None:
        """From here on the function's timeout counts."""
        self.started = now
        self._begun = time.monotonic()

    def elapsed(self) -> float:
        """Seconds since `begin`."""
        return time.monotonic() - self._begun

    def remaining(self) -> float:
        """Seconds until the timeout."""
        return max(0.001, self.spec.timeout - self.elapsed())

    def saw(self, state: Frozen | Gone) -> None:
        """Take note of what the sandbox used."""
        self.peak = max(self.peak, state.peak)


def conclude(
    run: Run, outcome: Outcome, journal: Journal, log: PlatformLog, *, telemetry: Telemetry, clock: Clock
) -> InvokeResult:
    """Record the invocation everywhere and give the caller's result."""
    elapsed = run.elapsed()
    now = clock.now()
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
            telemetry.put_segment(document)
    _measure(run, outcome, report.duration, telemetry, now)
    return InvokeResult(outcome.payload, outcome.function_error, journal.tail())


def _report(run: Run, outcome: Outcome, elapsed: float) -> Report:
    duration = run.spec.timeout * 1000.0 if outcome.status == "timeout" else elapsed * 1000
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


def _measure(run: Run, outcome: Outcome, duration: float, telemetry: Telemetry, now: float) -> None:
    qualifier = run.invocation.invoked_arn.partition(":function:")[2].partition(":")[2]
    resource = f"{run.spec.name}:{qualifier}" if qualifier else run.spec.name
    for dimensions in ({"FunctionName": run.spec.name}, {"FunctionName": run.spec.name, "Resource": resource}):
        telemetry.put_metric("AWS/Lambda", "Invocations", dimensions, 1.0, "Count", now)
        telemetry.put_metric("AWS/Lambda", "Errors", dimensions, float(bool(outcome.function_error)), "Count", now)
        telemetry.put_metric("AWS/Lambda", "Duration", dimensions, duration, "Milliseconds", now)
