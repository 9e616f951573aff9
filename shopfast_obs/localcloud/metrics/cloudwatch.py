"""CloudWatch by account and region: each has its own metrics, alarms and evaluator; dashboards are an account's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from shopfast_obs.analysis.logs.insights.query import Row
from shopfast_obs.localcloud.interface import Clock, DeployedApplication, Scope
from shopfast_obs.localcloud.metrics.alarms.actions import Actions
from shopfast_obs.localcloud.metrics.alarms.alarm_store import AlarmStore, scopes_with_alarms
from shopfast_obs.localcloud.metrics.alarms.api import AlarmApi
from shopfast_obs.localcloud.metrics.alarms.evaluator import Evaluator
from shopfast_obs.localcloud.metrics.alarms.log_alarms import LogQuery
from shopfast_obs.localcloud.metrics.api import metric_operations
from shopfast_obs.localcloud.metrics.dashboards import Dashboards
from shopfast_obs.localcloud.metrics.store import MetricStore
from shopfast_obs.localcloud.protocol.operations import Operations
from shopfast_obs.localcloud.state.group_commit import Database


@dataclass(frozen=True, slots=True)
class Region:
    """CloudWatch in one account and region."""

    metrics: MetricStore
    alarms: AlarmStore
    evaluator: Evaluator
    operations: Operations


class CloudWatch:
    """Opens a region when it is first asked for; those that have alarms from before are opened at once."""

    def __init__(
        self, database: Database, clock: Clock, application: DeployedApplication, before_minute: Callable[[float], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._before_minute = before_minute
        self._actions = Actions(application)
        self._dashboards = Dashboards(database, clock)
        self._lock = threading.Lock()
        self._regions: dict[Scope, Region] = {}
        self.log_query: LogQuery = lambda *_: ()  # CloudWatch Logs, which is made later
        for scope in scopes_with_alarms(database):
            self.region(scope)

    def region(self, scope: Scope) -> Region:
        """The region's part."""
        with self._lock:
            if scope not in self._regions:
                self._regions[scope] = self._opened(scope)
            return self._regions[scope]

    def metrics(self, scope: Scope) -> MetricStore:
        """The region's metrics."""
        return self.region(scope).metrics

    def operations(self, scope: Scope) -> Operations:
        """The region's operations."""
        return self.region(scope).operations

    def tick(self) -> None:
        """Evaluate what has become due, everywhere."""
        with self._lock:
            regions = list(self._regions.values())
        for region in regions:
            region.evaluator.tick()

    def close(self) -> None:
        """Wait for the actions that were started."""
        self._actions.close()

    def _rows(self, scope: Scope, query: str, groups: Sequence[str], start: float, end: float) -> Sequence[Row]:
        return self.log_query(scope, query, groups, start, end)

    def _opened(self, scope: Scope) -> Region:
        metrics = MetricStore(self._database, scope)
        alarms = AlarmStore(self._database, self._clock, scope)
        alarms.on_change = partial(self._actions.changed, alarms)
        alarms.on_configuration = partial(self._actions.configured, alarms)
        evaluator = Evaluator(metrics, alarms, self._clock, self._before_minute, self._rows)
        evaluator.act = partial(self._actions.act, alarms)
        operations = {
            **metric_operations(metrics, self._clock),
            **AlarmApi(alarms, evaluator, self._clock).operations,
            **self._dashboards.operations(scope),
        }
        return Region(metrics, alarms, evaluator, operations)
