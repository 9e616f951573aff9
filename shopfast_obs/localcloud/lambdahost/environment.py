"""One execution environment: initialised at once, invoked one event at a time, re-initialised inside the next
invocation when its sandbox died."""

from __future__ import annotations

import os
import shutil
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import replace

from shopfast_obs.localcloud.interface import FunctionSpec, Invocation, InvokeResult
from shopfast_obs.localcloud.lambdahost.invocation import outcome as outcomes
from shopfast_obs.localcloud.lambdahost.invocation import tracing
from shopfast_obs.localcloud.lambdahost.invocation.end import Run, conclude
from shopfast_obs.localcloud.lambdahost.invocation.log_stream import Journal
from shopfast_obs.localcloud.lambdahost.invocation.masking import Mask
from shopfast_obs.localcloud.lambdahost.invocation.outcome import Outcome
from shopfast_obs.localcloud.lambdahost.invocation.platform_logs import InitReport, Phase, platform_log
from shopfast_obs.localcloud.lambdahost.sandbox import boottime
from shopfast_obs.localcloud.lambdahost.sandbox.cpu_share import share_of
from shopfast_obs.localcloud.lambdahost.sandbox.host_directories import HostContext
from shopfast_obs.localcloud.lambdahost.sandbox.packages import CannotPrepareError
from shopfast_obs.localcloud.lambdahost.sandbox.processes import Sandbox, interpreter
from shopfast_obs.localcloud.lambdahost.sandbox.protocol import Frozen, SandboxEnd
from shopfast_obs.localcloud.lambdahost.sandbox.runtime_api import Failed, NextAsked
from shopfast_obs.localcloud.lambdahost.sandbox.setup import LaunchCommand
from shopfast_obs.localcloud.lambdahost.sandbox.variables import log_group

LATE = 0.05  # seconds that a supervisor may need to kill what is overdue
INIT_LIMIT = 10.0  # seconds (lambda-runtime-environment.html)


class Environment:
    """A sandbox with its log stream. One `invoke` at a time; `ask_to_end` may come from any thread.

    It is made with the core on which it initialises."""

    def __init__(self, spec: FunctionSpec, premises: HostContext, core: AbstractContextManager[None]) -> None:
        self.spec = spec
        self._core: AbstractContextManager[None] | None = core
        self.idle_since = time.monotonic()
        self._premises = premises
        self._clock = premises.clock
        day = time.strftime("%Y/%m/%d", time.gmtime(self._clock.now()))
        self.stream = f"{day}/[{spec.version}]{os.urandom(16).hex()}"
        self._journal = Journal(premises.observer, self._clock, log_group(spec), self.stream)
        self._log = platform_log(spec)
        self._share = share_of(spec.memory_mb, len(os.sched_getaffinity(0)))
        self._home = premises.site.state / "environments" / self.stream[-32:]
        self._lock = threading.Lock()  # guards the sandbox's birth against `ask_to_end`
        self._sandbox: Sandbox | None = None
        self._equipment: LaunchCommand | None = None
        self._mask: Mask | None = None
        self._ended = False
        self.usable = True  # until its supervisor is gone, or something failed that should not have
        self._tried = False
        self._alive = False

    def invoke(self, invocation: Invocation) -> Run:
        """Run one event until its caller can be answered; `conclude` has to follow."""
        now = self._clock.now()
        trace = tracing.begin(self.spec, invocation.trace_header, now, invocation.attempt)
        run = Run(self.spec, invocation, self.stream, trace, now)
        self._journal.open()
        try:
            run.outcome = self._attempt(run)
        except CannotPrepareError as problem:
            run.begin(self._clock.now())
            run.outcome = outcomes.cannot_start(str(problem), invocation.request_id)
            self._log_start(run)
        except BaseException:
            self.usable = False
            raise
        return run

    def conclude(self, run: Run) -> InvokeResult:
        """Bring an answered sandbox to rest and record the invocation everywhere; the result with the log's tail."""
        try:
            if run.unsettled:
                self._settle(run)
            return conclude(run, self._journal, self._log, self._premises)
        except BaseException:
            self.usable = False
            raise

    def ask_to_end(self) -> None:
        """Begin to end the environment."""
        with self._lock:
            self._ended = True
            if self._sandbox:
                self._sandbox.ask_to_end()

    def close(self) -> None:
        """End the environment and wait until nothing of it is left."""
        self.ask_to_end()
        if self._sandbox:
            self._sandbox.close()
        self._journal.flush()
        shutil.rmtree(self._home, ignore_errors=True)

    def _attempt(self, run: Run) -> Outcome:
        if not self._tried:
            core, self._core = self._core, None
            with core or self._premises.inits.passage():
                self._cold_start(run)
        continues = not self._alive
        if not continues:
            run.begin(self._clock.now())
        else:
            with self._premises.inits.passage():
                run.begin(self._clock.now())
                failure = self._boot("invoke", run.remaining(), 0.0 if self._premises.boosted_reinit else self._share)
            if isinstance(failure, Failed):
                self._log_start(run)
                return outcomes.init_failed(failure)
            if isinstance(failure, SandboxEnd):
                run.saw(failure)
                self._log_start(run)
                return outcomes.died(failure, run.invocation.request_id, self.spec.timeout)
        self._log_start(run)
        return self._serve(run, continues=continues)

    def _cold_start(self, run: Run) -> None:
        self._ready()  # unpacking the code is no part of the init
        begun = self._clock.now()
        failure = self._boot("init", INIT_LIMIT, 0.0)
        self._tried = True
        if failure is None:
            run.init = (begun, self._clock.now())

    def _boot(self, phase: Phase, timeout: float, share: float) -> Failed | SandboxEnd | None:
        """Start the runtime; None when it asked for its first event."""
        sandbox, equipment = self._ready()
        begun = boottime.now()
        self._journal.platform(self._clock.now(), self._log.init_start(self._clock.now(), phase))
        sandbox.start(equipment.command, equipment.environ, timeout=timeout, share=share)
        failure = self._await_first(sandbox)
        self._alive = failure is None
        took = min(boottime.now() - begun, timeout) * 1000
        self._journal.platform(
            self._clock.now(), self._log.init_report(self._clock.now(), _report(phase, took, failure))
        )
        return failure

    def _await_first(self, sandbox: Sandbox) -> Failed | SandboxEnd | None:
        failure: Failed | None = None
        while True:
            event = sandbox.wait()
            match event:
                case NextAsked():
                    return None
                case Failed():
                    failure = self._masked(event)
                case SandboxEnd():
                    self.usable = event.reason != "ended"
                    return failure or event

    def _serve(self, run: Run, *, continues: bool) -> Outcome:
        sandbox, _ = self._ready()
        sandbox.run(timeout=run.remaining(), share=self._share, continues=continues)
        sandbox.api.hand_out(run.invocation.request_id, _headers(run), run.invocation.event)
        event = sandbox.wait()
        if not isinstance(event, SandboxEnd) and run.remaining() < -LATE:
            event = self._killed_if_overdue(run, sandbox) or event
        match event:
            case SandboxEnd():
                self._rest(run, event)
                return outcomes.died(event, run.invocation.request_id, self.spec.timeout)
            case NextAsked():  # without an answer to this event
                self._rest(run, sandbox.freeze())
                return outcomes.died(SandboxEnd(reason="exit", status=0), run.invocation.request_id, self.spec.timeout)
        run.answered = self._clock.now()
        run.unsettled = True
        sandbox.loosen()
        return outcomes.answered(self._masked(event) if isinstance(event, Failed) else event)

    def _killed_if_overdue(self, run: Run, sandbox: Sandbox) -> SandboxEnd | None:
        """The end of a sandbox that spoke after its timeout: it slept with its machine and woke before its supervisor.
        None when all the time that is too much was spent in waiting for a core."""
        state = sandbox.freeze()
        if isinstance(state, SandboxEnd):
            return state
        run.saw(state)
        if run.remaining() >= -LATE:
            sandbox.run(timeout=LATE, share=0.0, continues=True)
            return None
        sandbox.run(timeout=0.0, share=0.0, continues=False)
        while not isinstance(event := sandbox.wait(), SandboxEnd):
            pass
        return event

    def _settle(self, run: Run) -> None:
        """Let the runtime find its way to the next event, and freeze it there; the answer stands."""
        sandbox, _ = self._ready()
        while not isinstance(event := sandbox.wait(), NextAsked | SandboxEnd):
            pass
        self._rest(run, event if isinstance(event, SandboxEnd) else sandbox.freeze())

    def _rest(self, run: Run, state: Frozen | SandboxEnd) -> None:
        self._alive = not isinstance(state, SandboxEnd)
        self.usable = not (isinstance(state, SandboxEnd) and state.reason == "ended")
        run.saw(state)

    def _ready(self) -> tuple[Sandbox, LaunchCommand]:
        if self._sandbox and self._equipment:
            return self._sandbox, self._equipment
        site = self._premises.site
        place = site.prepare(self.spec, self._home, self.stream)
        with self._lock:
            if self._ended:
                raise CannotPrepareError("the local cloud is closing")
            self._sandbox = Sandbox(interpreter(), self._journal.output, self._journal.flush)
        self._equipment = site.equip(self.spec, place, self._sandbox.api.address)
        self._journal.mask = self._mask = Mask(place)
        return self._sandbox, self._equipment

    def _masked(self, failure: Failed) -> Failed:
        mask = self._mask
        if mask is None:
            return failure
        return replace(failure, body=mask.body(failure.body), cause=mask.text(failure.cause))

    def _log_start(self, run: Run) -> None:
        now = self._clock.now()
        self._journal.platform(now, self._log.start(now, run.invocation.request_id))


def _headers(run: Run) -> dict[str, str]:
    return {
        "Lambda-Runtime-Deadline-Ms": str(int((time.time() + run.remaining()) * 1000)),
        "Lambda-Runtime-Invoked-Function-Arn": run.invocation.invoked_arn,
        "Lambda-Runtime-Trace-Id": run.trace.header,
        "Lambda-Runtime-Client-Context": run.invocation.client_context,
    }


def _report(phase: Phase, took: float, failure: Failed | SandboxEnd | None) -> InitReport:
    if failure is None:
        return InitReport(phase, took, "success")
    if isinstance(failure, Failed):
        return InitReport(phase, took, "error", failure.error_type or "Runtime.Unknown")
    if failure.reason == "timeout":
        return InitReport(phase, took, "timeout")
    return InitReport(phase, took, "error", outcomes.OUT_OF_MEMORY if failure.reason == "memory" else outcomes.EXITED)
