"""The pool of execution environments: reused when idle, added when all are busy, replaced when the function changes."""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from shopfast_obs.localcloud.interface import FunctionSpec, Invocation, InvokeResult
from shopfast_obs.localcloud.lambdahost.environment import Environment
from shopfast_obs.localcloud.lambdahost.invocation.end import Run
from shopfast_obs.localcloud.lambdahost.sandbox.host_directories import HostContext
from shopfast_obs.localcloud.lambdahost.sandbox.packages import remove_drafts

IDLE_LIMIT = 600.0  # seconds without an event after which an environment ends; Lambda keeps them for some minutes, too
REAP_EVERY = 15.0
SETTLING = 0.25  # seconds that a new event waits for an environment that has just answered another
RECONSIDER = 0.5  # seconds after which an event that waits for a core looks again
MANY = 100_000  # threads; a function that calls back must never wait for one
_LOG = logging.getLogger(__name__)


class LambdaHost:
    """The FunctionHost of the local cloud. `invoke` blocks and may be called from many threads."""

    def __init__(self, premises: HostContext) -> None:
        self._premises = premises
        self._lock = self._released = premises.inits.freed  # an event waits for an environment or for a core
        self._idle: dict[tuple[str, str], list[Environment]] = defaultdict(list)
        self._busy: set[Environment] = set()
        self._settling: set[Environment] = set()  # those that have answered and are about to be idle
        self._concluding = ThreadPoolExecutor(MANY, "lambda conclusion")
        self._closing = threading.Event()
        shutil.rmtree(premises.site.state / "environments", ignore_errors=True)  # of a cloud that was killed
        remove_drafts(premises.site.state)
        self._reaper = threading.Thread(target=self._reap, name="lambda reaper", daemon=True)
        self._reaper.start()

    def invoke(self, spec: FunctionSpec, invocation: Invocation) -> InvokeResult:
        """The answer of one invocation. As on AWS, its caller does not wait until the platform has recorded it."""
        environment = self._acquire(spec)
        try:
            run = environment.invoke(invocation)
            if invocation.wants_log:
                result = environment.conclude(run)
        except BaseException:
            self._release(environment)
            raise
        if invocation.wants_log:
            self._release(environment)
            return result
        with self._lock:
            self._settling.add(environment)
        self._concluding.submit(self._conclude, environment, run)
        return run.result

    def _conclude(self, environment: Environment, run: Run) -> None:
        try:
            environment.conclude(run)
        except Exception:
            _LOG.exception("invocation %s could not be recorded", run.invocation.request_id)
        finally:
            self._release(environment)

    def close(self) -> None:
        """End every environment, busy ones included, and wait until they are gone."""
        self._closing.set()
        with self._lock:
            busy = list(self._busy)
            idle = [environment for group in self._idle.values() for environment in group]
            self._idle.clear()
        for environment in busy:
            environment.ask_to_end()
        _end(idle)
        deadline = time.monotonic() + 30
        while self._busy and time.monotonic() < deadline:
            time.sleep(0.01)
        self._concluding.shutdown()
        self._reaper.join()
        self._premises.observer.close()

    def _acquire(self, spec: FunctionSpec) -> Environment:
        with self._lock:
            self._released.wait_for(lambda: self._idle_of(spec) or not self._is_settling(spec), SETTLING)
            idle = self._idle_of(spec)
            outdated = [environment for environment in idle if environment.spec.revision != spec.revision]
            idle[:] = [environment for environment in idle if environment.spec.revision == spec.revision]
            while (chosen := self._idle_or_new(spec)) is None:
                self._released.wait(RECONSIDER)
            self._busy.add(chosen)
            busy = [environment.spec for environment in self._busy - self._settling]
        self._measure(spec, busy)
        if outdated:
            threading.Thread(target=_end, args=(outdated,), name="lambda replacement", daemon=True).start()
        return chosen

    def _idle_or_new(self, spec: FunctionSpec) -> Environment | None:
        """None while every core initialises other sandboxes: an environment may be idle again before one is free, and
        a burst of events does not become a burst of cold starts that no machine of a few cores survives."""
        if self._closing.is_set():
            raise RuntimeError("the Lambda host is closed")
        idle = self._idle_of(spec)
        for environment in reversed(idle):
            if environment.spec.revision == spec.revision:
                idle.remove(environment)
                return environment
        core = self._premises.inits.take()
        return Environment(spec, self._premises.within(spec.scope), core) if core else None

    def _measure(self, spec: FunctionSpec, busy: Sequence[FunctionSpec]) -> None:
        """How many run at once: of the function, and of all functions of its account and region."""
        observer = self._premises.observer.within(spec.scope)
        function = float(sum(other.arn == spec.arn for other in busy))
        everything = float(sum(other.scope == spec.scope for other in busy))
        observer.count("AWS/Lambda", "ConcurrentExecutions", {"FunctionName": spec.name}, function)
        observer.count("AWS/Lambda", "ConcurrentExecutions", {}, everything)

    def _idle_of(self, spec: FunctionSpec) -> list[Environment]:
        return self._idle[spec.arn, spec.version]

    def _is_settling(self, spec: FunctionSpec) -> bool:
        about = (spec.arn, spec.version, spec.revision)
        return any((e.spec.arn, e.spec.version, e.spec.revision) == about for e in self._settling)

    def _release(self, environment: Environment) -> None:
        environment.idle_since = time.monotonic()
        with self._lock:
            kept = environment.usable and not self._closing.is_set()
            if kept:
                self._busy.discard(environment)
                self._idle_of(environment.spec).append(environment)
            self._settling.discard(environment)
            self._released.notify_all()
        if not kept:
            environment.close()
            self._busy.discard(environment)

    def end_idle(self, seconds: float) -> None:
        """End the environments that have been idle for longer than that."""
        limit = time.monotonic() - seconds
        with self._lock:
            old = [e for group in self._idle.values() for e in group if e.idle_since < limit]
            for environment in old:
                self._idle_of(environment.spec).remove(environment)
        _end(old)

    def _reap(self) -> None:
        while not self._closing.wait(REAP_EVERY):
            self.end_idle(IDLE_LIMIT)


def _end(environments: Iterable[Environment]) -> None:
    with contextlib.suppress(RuntimeError), ThreadPoolExecutor(8, "lambda end") as pool:
        list(pool.map(Environment.close, environments))
