"""The parts of CloudWatch Logs together: the way in, the APIs, retention, and what a killed cloud must find again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from shopfast_obs.analysis.logs.insights.query import Row
from shopfast_obs.localcloud.interface import Clock, DeployedApplication, Scope
from shopfast_obs.localcloud.logs.api import LogEvents
from shopfast_obs.localcloud.logs.ingestion import Destinations, Ingestion
from shopfast_obs.localcloud.logs.metricfilters import MetricFilters
from shopfast_obs.localcloud.logs.put_log_events import DAY
from shopfast_obs.localcloud.logs.queries import Insights
from shopfast_obs.localcloud.logs.saved import SavedQueries
from shopfast_obs.localcloud.logs.store import LogStore
from shopfast_obs.localcloud.logs.subscriptions import Subscriptions
from shopfast_obs.localcloud.metrics.store import MetricStore
from shopfast_obs.localcloud.protocol.operations import Operations
from shopfast_obs.localcloud.state.group_commit import Database

SWEEP = 300.0  # seconds between two looks for events that have expired
logger = logging.getLogger(__name__)


class LogsService:
    """CloudWatch Logs, as far as events go."""

    def __init__(
        self,
        database: Database,
        application: DeployedApplication,
        metrics: Callable[[Scope], MetricStore],
        clock: Clock,
        own: Clock,
    ) -> None:
        self._directory = application.logs
        self._metric_clock = clock
        self._clock = own  # of events and queries; metrics of them are at the time of `clock`
        self._swept = 0.0
        self._subscriptions = Subscriptions(application, metrics, clock)
        self._filters = MetricFilters(metrics)
        self.store = LogStore(database)
        to = Destinations(metrics, self._filters, self._subscriptions)
        self.ingestion = Ingestion(database, self.store, self._directory, to, clock, own)
        self._insights = Insights(self.store, self._directory, own)
        self._saved = SavedQueries(database, own)
        self._events = LogEvents(self.store, self._directory, self.ingestion, own)

    def operations(self, scope: Scope) -> Operations:
        """The operations of an account and region."""
        tables = (self._events.operations(scope), self._insights.operations(scope), self._saved.operations(scope))
        return {name: operation for table in tables for name, operation in table.items()}

    def rows(self, scope: Scope, query: str, groups: Sequence[str], start: float, end: float) -> Sequence[Row]:
        """The rows of a query between two times of the metrics' clock, which a drill may have moved."""
        moved = self._metric_clock.now() - self._clock.now()
        return self._insights.rows(scope, query, groups, start - moved, end - moved)

    def recover(self) -> None:
        """Put streams back that have events and that MiniStack did not save before the cloud was killed."""
        for scope, group, stream, span in self.store.spans():
            self._directory.create(scope, group, stream)
            self._directory.wrote(scope, group, stream, span)

    def close_minute(self, end: float) -> None:
        """Write what a minute without a match is worth."""
        self._filters.close_minute(end)

    def due(self) -> None:
        """Delete what has outlived its group's retention, every few minutes."""
        now = self._clock.now()
        if now - self._swept < SWEEP:
            return
        self._swept = now
        for scope, group in self._directory.everywhere():
            if group.retention_days:
                self.store.expire(scope, group.name, int(now * 1000) - group.retention_days * DAY)

    def stop(self) -> None:
        """Let queries and patterns end soon; what waits for them goes on."""
        self._events.stop()
        self.ingestion.stop()
        self._insights.stop()

    def close(self) -> None:
        """Wait for the deliveries that were started."""
        self._insights.close()
        self._subscriptions.close()
