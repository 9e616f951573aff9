"""The pool of execution environments: reused when idle, added when all are busy, replaced when the function changes."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from shopfast_obs.localcloud.interface import FunctionSpec, Invocation, InvokeResult
from shopfast_obs.localcloud.lambdahost.environment import Environment
from shopfast_obs.localcloud.lambdahost.premises import Premises

IDLE_LIMIT = 600.0  # seconds without an event after which an environment ends; Lambda keeps them for some minutes, too
REAP_EVERY = 15.0


class LambdaHost:
    """The FunctionHost of the local cloud. `invoke` blocks and may be called from many threads."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, str], list[Environment]] = defaultdict(list)
        self._busy: set[Environment] = set()
        self._closing = threading.Event()
        shutil.rmtree(premises.site.state / "environments", ignore_errors=True)  # of a cloud that was killed
        self._reaper = threading.Thread(target=self._reap, name="lambda reaper", daemon=True)
        self._reaper.start()

    def invoke(self, spec: FunctionSpec, invocation: Invocation) -> InvokeResult:
        """Run one invocation in an environment of its own for that time."""
        environment = self._acquire(spec)
        try:
            return environment.invoke(invocation)
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
        self._reaper.join()
        self._premises.observer.close()

    def _acquire(self, spec: FunctionSpec) -> Environment:
        outdated: list[Environment] = []
        with self._lock:
            if self._closing.is_set():
                raise RuntimeError("the Lambda host is closed")
            group = self._idle[spec.arn, spec.version]
            outdated = [environment for environment in group if environment.spec.revision != spec.revision]
            group[:] = [environment for environment in group if environment.spec.revision == spec.revision]
            chosen = group.pop() if group else Environment(spec, self._premises.within(spec.scope))
            self._busy.add(chosen)
            running = sum(environment.spec.arn == spec.arn for environment in self._busy)
        dimensions = {"FunctionName": spec.name}
        observer = self._premises.observer.within(spec.scope)
        observer.metric("AWS/Lambda", "ConcurrentExecutions", dimensions, float(running), "Count")
        if outdated:
            threading.Thread(target=_end, args=(outdated,), name="lambda replacement", daemon=True).start()
        return chosen

    def _release(self, environment: Environment) -> None:
        environment.idle_since = time.monotonic()
        with self._lock:
            if environment.usable and not self._closing.is_set():
                self._busy.discard(environment)
                self._idle[environment.spec.arn, environment.spec.version].append(environment)
                return
        environment.close()
        self._busy.discard(environment)

    def end_idle(self, seconds: float) -> None:
        """End the environments that have been idle for longer than that."""
        limit = time.monotonic() - seconds
        with self._lock:
            old = [e for group in self._idle.values() for e in group if e.idle_since < limit]
            for environment in old:
                self._idle[environment.spec.arn, environment.spec.version].remove(environment)
        _end(old)

    def _reap(self) -> None:
        while not self._closing.wait(REAP_EVERY):
            self.end_idle(IDLE_LIMIT)


def _end(environments: Iterable[Environment]) -> None:
    with contextlib.suppress(RuntimeError), ThreadPoolExecutor(8, "lambda end") as pool:
        list(pool.map(Environment.close, environments))
