"""Stores what the cloud's own services observe, away from the threads and the loop that observe it."""

from __future__ import annotations

import copy
import functools
import logging
import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any

from shopfast_obs.localcloud.interface import Clock, Scope, Telemetry

_LOG = logging.getLogger(__name__)


class Observer:
    """Accepts observations without blocking; one thread stores them in order. `close` returns when all are stored.
    `where` tells the account and region that the caller acts in."""

    def __init__(self, telemetry: Telemetry, clock: Clock, where: Callable[[], Scope] = Scope) -> None:
        self._telemetry = telemetry
        self._clock = clock
        self._where = where
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="observer", daemon=True)
        self._thread.start()

    def within(self, scope: Scope) -> Observer:
        """The same observer for what happens in one account and region."""
        view = copy.copy(self)
        view._where = lambda: scope
        return view

    def count(self, namespace: str, name: str, dimensions: Mapping[str, str], value: float = 1.0) -> None:
        """Observe a number of things that happened."""
        self.metric(namespace, name, dimensions, value, "Count")

    def metric(self, namespace: str, name: str, dimensions: Mapping[str, str], value: float, unit: str) -> None:
        """Observe one value of a metric, now."""
        put = self._telemetry.within(self._where()).put_metric
        self._queue.put(functools.partial(put, namespace, name, dimensions, value, unit, self._clock.now()))

    def segment(self, document: Mapping[str, Any]) -> None:
        """Observe one finished segment."""
        self._queue.put(functools.partial(self._telemetry.within(self._where()).put_segment, document))

    def close(self) -> None:
        """Store what was observed and end the thread."""
        self._queue.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while (store := self._queue.get()) is not None:
            try:
                store()
            except Exception:  # what cannot be stored must not end the thread
                _LOG.exception("an observation could not be stored")
