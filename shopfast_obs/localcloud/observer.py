"""Stores what the cloud's own services observe, away from the threads and the loop that observe it."""

from __future__ import annotations

import copy
import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shopfast_obs.localcloud.interface import Clock, Measurement, Scope, Telemetry

GATHER = 0.02  # seconds in which observations are gathered: one commit for many, and none while a request is served
METRICS = 0.1  # the same where nothing but metrics has come: whoever reads them counts in minutes
VIEWS = 100  # accounts and regions that are remembered
Segment = Mapping[str, Any]
LogEvents = list[tuple[float, str]]
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class _Gathered:
    """What one account and region has been observed to do."""

    measurements: list[Measurement] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    logs: dict[tuple[str, str], LogEvents] = field(default_factory=lambda: defaultdict(list))

    def store(self, telemetry: Telemetry) -> None:
        """Log events first: what is measured of them is known then."""
        for (group, stream), events in self.logs.items():
            telemetry.put_log_events(group, stream, events)
        if self.segments:
            telemetry.put_segments(self.segments)
        if self.measurements:
            telemetry.put_metrics(self.measurements)


Note = Callable[[_Gathered], None]


class Observer:
    """Accepts observations without blocking; one thread stores them, in the order of each stream. `where` tells the
    account and region that the caller acts in."""

    def __init__(self, telemetry: Telemetry, clock: Clock, where: Callable[[], Scope] = Scope) -> None:
        self._telemetry = telemetry
        self._clock = clock
        self._where = where
        self._views: dict[Scope, Observer] = {}
        self._queue: queue.SimpleQueue[tuple[Scope, Note] | threading.Event | None] = queue.SimpleQueue()
        self._hurry = threading.Event()
        self._more = threading.Event()  # something else than metrics has come
        self._thread = threading.Thread(target=self._run, name="observer", daemon=True)
        self._thread.start()

    def within(self, scope: Scope) -> Observer:
        """The same observer for what happens in one account and region."""
        view = self._views.get(scope)
        if view is None:
            view = copy.copy(self)
            view._where = lambda: scope
            if len(self._views) < VIEWS:
                self._views[scope] = view
        return view

    def now(self) -> float:
        """The time on the cloud's clock."""
        return self._clock.now()

    def count(self, namespace: str, name: str, dimensions: Mapping[str, str], value: float = 1.0) -> None:
        """Observe a number of things that happened."""
        self.metric(namespace, name, dimensions, value, "Count")

    def metric(self, namespace: str, name: str, dimensions: Mapping[str, str], value: float, unit: str) -> None:
        """Observe one value of a metric, now."""
        measured = Measurement(namespace, name, dimensions, value, unit, self._clock.now())
        self._queue.put((self._where(), lambda gathered: gathered.measurements.append(measured)))

    def segment(self, document: Segment) -> None:
        """Observe one finished segment."""
        self._note(lambda gathered: gathered.segments.append(document))

    def log(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        """Observe what was written to a stream, in the order of the calls."""
        self._note(lambda gathered: gathered.logs[group, stream].extend(events))

    def flush(self) -> None:
        """Return when all that was observed so far is stored."""
        stored = threading.Event()
        self._queue.put(stored)
        self._hurry.set()
        self._more.set()
        stored.wait(10)

    def close(self) -> None:
        """Store what was observed and end the thread."""
        self._queue.put(None)
        self._hurry.set()
        self._more.set()
        self._thread.join(timeout=10)

    def _note(self, note: Note) -> None:
        self._queue.put((self._where(), note))
        self._more.set()

    def _run(self) -> None:
        ended = False
        while not ended:
            batch = [self._queue.get()]
            self._more.wait(METRICS)
            self._more.clear()
            self._hurry.wait(GATHER)
            self._hurry.clear()
            while not self._queue.empty():
                batch.append(self._queue.get())
            ended = None in batch
            self._store([entry for entry in batch if isinstance(entry, tuple)])
            for waiting in batch:
                if isinstance(waiting, threading.Event):
                    waiting.set()

    def _store(self, batch: list[tuple[Scope, Note]]) -> None:
        gathered: dict[Scope, _Gathered] = defaultdict(_Gathered)
        for scope, note in batch:
            note(gathered[scope])
        for scope, some in gathered.items():
            try:
                some.store(self._telemetry.within(scope))
            except Exception:  # what cannot be stored must not end the thread
                _LOG.exception("some observations could not be stored")
