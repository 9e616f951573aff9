"""Stores what the cloud's own services observe, away from the threads and the loop that observe it."""

from __future__ import annotations

import copy
import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from shopfast_obs.localcloud.interface import Clock, Measurement, Scope, Telemetry

GATHER = 0.02  # seconds in which observations are gathered: one commit for many, and none while a request is served
Segment = Mapping[str, Any]
_LOG = logging.getLogger(__name__)


class Observer:
    """Accepts observations without blocking; one thread stores them. `close` returns when all are stored. `where`
    tells the account and region that the caller acts in."""

    def __init__(self, telemetry: Telemetry, clock: Clock, where: Callable[[], Scope] = Scope) -> None:
        self._telemetry = telemetry
        self._clock = clock
        self._where = where
        self._queue: queue.SimpleQueue[tuple[Scope, Measurement | Segment] | None] = queue.SimpleQueue()
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
        measured = Measurement(namespace, name, dimensions, value, unit, self._clock.now())
        self._queue.put((self._where(), measured))

    def segment(self, document: Segment) -> None:
        """Observe one finished segment."""
        self._queue.put((self._where(), document))

    def close(self) -> None:
        """Store what was observed and end the thread."""
        self._queue.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        ended = False
        while not ended:
            batch = [self._queue.get()]
            if batch[0] is not None:
                time.sleep(GATHER)
            while not self._queue.empty():
                batch.append(self._queue.get())
            ended = None in batch
            self._store([entry for entry in batch if entry is not None])

    def _store(self, batch: list[tuple[Scope, Measurement | Segment]]) -> None:
        by_scope: dict[Scope, list[Measurement | Segment]] = defaultdict(list)
        for scope, what in batch:
            by_scope[scope].append(what)
        for scope, some in by_scope.items():
            telemetry = self._telemetry.within(scope)
            try:
                if measured := [what for what in some if isinstance(what, Measurement)]:
                    telemetry.put_metrics(measured)
                if segments := [what for what in some if not isinstance(what, Measurement)]:
                    telemetry.put_segments(segments)
            except Exception:  # what cannot be stored must not end the thread
                _LOG.exception("%d observations could not be stored", len(some))
