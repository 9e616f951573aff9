"""The one way in for log events: stored, made into metrics (EMF, metric filters), counted, delivered to subscribers."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from shopfast_obs.analysis.text.bounded_regex import CALL_SECONDS, budget
from shopfast_obs.localcloud.interface import Clock, LogDirectory, LogGroup, Scope, StreamSpan
from shopfast_obs.localcloud.logs.metricfilters import MetricFilters
from shopfast_obs.localcloud.logs.store import Event, LogStore
from shopfast_obs.localcloud.logs.subscriptions import Subscriptions
from shopfast_obs.localcloud.metrics.store import MetricStore, Sample, metric_id
from shopfast_obs.localcloud.state.group_commit import Database
from shopfast_obs.model.metrics import observed
from shopfast_obs.parse.logs import emf

OVERHEAD = 26  # bytes that CloudWatch Logs counts for an event beside its message
NAMESPACE = "AWS/Logs"


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where what is ingested goes, beside the log itself."""

    metrics: Callable[[Scope], MetricStore]
    filters: MetricFilters
    subscriptions: Subscriptions


class Ingestion:
    """Takes log events in. When `put` returns, events and metrics are committed together; deliveries follow."""

    def __init__(  # noqa: PLR0917 - what everything that is logged passes through
        self,
        database: Database,
        logs: LogStore,
        directory: LogDirectory,
        to: Destinations,
        clock: Clock,
        own: Clock,
    ) -> None:
        self._database = database
        self._logs = logs
        self._directory = directory
        self._to = to
        self._clock = clock
        self._own = own
        self._stop = threading.Event()

    def put(self, scope: Scope, group: str, stream: str, events: Sequence[tuple[int, str]]) -> None:
        """Store (milliseconds, message) events in a stream, which is made when it is not there."""
        if not events:
            return
        self._directory.create(scope, group, stream)
        found = self._directory.group(scope, group) or LogGroup(group, "")
        now = self._clock.now()
        samples = [*self._measured(group, events, now), *self._embedded(group, events, now)]
        with budget(CALL_SECONDS, time.monotonic, self._stop.is_set):
            samples += self._to.filters.samples(scope, found, events)
        metrics, ingested = self._to.metrics(scope), int(self._own.now() * 1000)

        def job(connection: sqlite3.Connection) -> list[Event]:
            metrics.insert(connection, samples)
            return self._logs.append(connection, scope, group, stream, events, ingested)

        stored: list[Event] = self._database.write(job)
        times = [event.timestamp for event in stored]
        self._directory.wrote(scope, group, stream, StreamSpan(min(times), max(times), ingested))
        shown = [{"timestamp": e.timestamp, "message": e.message, "ingestionTime": e.ingested} for e in stored]
        self._directory.show_live(scope, group, stream, shown)
        with budget(CALL_SECONDS, time.monotonic, self._stop.is_set):
            self._to.subscriptions.deliver(scope, found, stream, stored)

    def stop(self) -> None:
        """Let no pattern go on with its search: the cloud stops."""
        self._stop.set()

    @staticmethod
    def _measured(group: str, events: Sequence[tuple[int, str]], now: float) -> Iterator[Sample]:
        size = float(sum(len(message.encode("utf-8", "replace")) + OVERHEAD for _, message in events))
        for dimensions in ({}, {"LogGroupName": group}):
            count = metric_id(NAMESPACE, "IncomingLogEvents", dimensions)
            yield Sample(count, observed(now, 1.0, float(len(events)), "None"))
            yield Sample(metric_id(NAMESPACE, "IncomingBytes", dimensions), observed(now, size, 1.0, "Bytes"))

    @staticmethod
    def _embedded(group: str, events: Sequence[tuple[int, str]], now: float) -> Iterator[Sample]:
        for timestamp, message in events:
            found = emf.extract(message, timestamp / 1000)
            if isinstance(found, emf.Rejected):
                rejected = metric_id(NAMESPACE, found.metric, {"LogGroupName": group})
                yield Sample(rejected, observed(now, 1.0, 1.0, "Count"))
                continue
            for m in found or ():
                metric = metric_id(m.namespace, m.name, dict(m.dimensions))
                for value in m.values:
                    yield Sample(metric, observed(m.timestamp, value, 1.0, m.unit), m.resolution)
