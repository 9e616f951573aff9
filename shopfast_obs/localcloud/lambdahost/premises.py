"""What all execution environments of a host share."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from shopfast_obs.localcloud.interface import Clock, Scope
from shopfast_obs.localcloud.lambdahost.equipment import Site
from shopfast_obs.localcloud.observer import Observer


class Turnstile:
    """Lets as many sandboxes initialise at once as there are cores.

    An init runs at full speed, within 10 s. When a burst of requests starts ten of them on two cores, each takes five
    times as long, and all of them may fail where Lambda would have had a core for each.
    """

    PATIENCE = 5.0  # seconds; an init that invokes another function must not wait for itself

    def __init__(self) -> None:
        self._free = threading.Semaphore(os.cpu_count() or 1)

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Wait for a free core, then hold it while the block runs."""
        mine = self._free.acquire(timeout=self.PATIENCE)
        try:
            yield
        finally:
            if mine:
                self._free.release()


@dataclass(frozen=True, slots=True)
class Premises:
    """Files, clock and where observations go: they are stored a moment later, because no caller of a function waits for
    that on AWS either."""

    site: Site
    observer: Observer
    clock: Clock
    boosted_reinit: bool
    inits: Turnstile = field(default_factory=Turnstile)

    def within(self, scope: Scope) -> Premises:
        """The same for the functions of an account and region: their observations go there."""
        return replace(self, observer=self.observer.within(scope))
