"""Puts metrics of the cloud's own services into the telemetry, away from the threads and the loop that observe them."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from shopfast_obs.localcloud.interface import Clock, Telemetry

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Observation:
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    value: float
    unit: str
    timestamp: float


class Observer:
    """Accepts observations without blocking; one thread stores them in order. `close` returns when all are stored."""

    def __init__(self, telemetry: Telemetry, clock: Clock) -> None:
        self._telemetry = telemetry
        self._clock = clock
        self._queue: queue.SimpleQueue[_Observation | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="observer", daemon=True)
        self._thread.start()

    def count(self, namespace: str, name: str, dimensions: Mapping[str, str], value: float = 1.0) -> None:
        """Observe a number of things that happened."""
        self.metric(namespace, name, dimensions, value, "Count")

    def metric(self, namespace: str, name: str, dimensions: Mapping[str, str], value: float, unit: str) -> None:
        """Observe one value of a metric, now."""
        self._queue.put(_Observation(namespace, name, dimensions, value, unit, self._clock.now()))

    def close(self) -> None:
        """Store what was observed and end the thread."""
        self._queue.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while (seen := self._queue.get()) is not None:
            try:
                self._telemetry.put_metric(
                    seen.namespace, seen.name, seen.dimensions, seen.value, seen.unit, seen.timestamp
                )
            except Exception:  # a metric that cannot be stored must not end the thread
                _LOG.exception("could not store %s %s", seen.namespace, seen.name)
