"""What all execution environments of a host share."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

from shopfast_obs.localcloud.interface import Clock, Scope
from shopfast_obs.localcloud.lambdahost.sandbox.setup import HostLocation
from shopfast_obs.localcloud.observer import Observer


class InitLimit:
    """Lets as many sandboxes initialise at once as there are cores.

    An init runs at full speed, within 10 s. When a burst of requests starts ten of them on two cores, each takes five
    times as long, and all of them may fail where Lambda would have had a core for each.
    """

    PATIENCE = 5.0  # seconds that an init holds its core: one that invokes another function must not wait for itself

    def __init__(self) -> None:
        self.freed = threading.Condition()  # held by who asks for a core; told when there is one
        self._cores = os.cpu_count() or 1
        self._taken: dict[object, float] = {}  # when each init under way began

    def take(self) -> AbstractContextManager[None] | None:
        """A core, until the block that the caller opens with it ends; None when none is free. `freed` is held."""
        now = time.monotonic()
        if sum(now - begun < self.PATIENCE for begun in self._taken.values()) >= self._cores:
            return None
        mine = object()
        self._taken[mine] = now
        return self._held(mine)

    @contextmanager
    def _held(self, mine: object) -> Iterator[None]:
        try:
            yield
        finally:
            with self.freed:
                del self._taken[mine]
                self.freed.notify_all()

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Wait for a free core, then hold it while the block runs."""
        with self.freed:
            while (core := self.take()) is None:
                self.freed.wait(self.PATIENCE / 10)
        with core:
            yield


@dataclass(frozen=True, slots=True)
class HostContext:
    """Files, clock and where observations go: they are stored a moment later, because no caller of a function waits for
    that on AWS either."""

    site: HostLocation
    observer: Observer
    clock: Clock
    boosted_reinit: bool
    inits: InitLimit = field(default_factory=InitLimit)

    def within(self, scope: Scope) -> HostContext:
        """The same for the functions of an account and region: their observations go there."""
        return replace(self, observer=self.observer.within(scope))
