"""`Cloud` over the AWS APIs, the same for AWS and for the local cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from shopfast_obs.cloud import inventory
from shopfast_obs.cloud.aws_calls import Calls, ClientFactory
from shopfast_obs.cloud.clock import ahead
from shopfast_obs.cloud.interface import Excerpt, FailingLines, LogVolume, MetricQuery, StackStatus, Target
from shopfast_obs.cloud.readers import alarms
from shopfast_obs.cloud.telemetry import (
    deployments,
    failing_lines,
    log_samples,
    log_volumes,
    logs,
    metrics,
    trace_totals,
    traces,
    transaction_search,
)
from shopfast_obs.model.deployments import Recorded
from shopfast_obs.model.resources import Inventory
from shopfast_obs.model.telemetry import (
    AlarmChange,
    AlarmStatus,
    LogEvent,
    MetricSeries,
    ServiceTotals,
    TimeRange,
    Trace,
)


class AwsCloud:
    """Everything that a target can be asked. `clients` makes the boto3 client of a service; several threads call it."""

    def __init__(self, target: Target, clients: ClientFactory) -> None:
        self.target = target
        self._calls = Calls(clients)

    @cached_property
    def _searched(self) -> bool:
        """True when the account keeps its traces in Transaction Search."""
        return transaction_search.enabled(self._calls)

    @property
    def api_calls(self) -> Mapping[str, int]:
        """How often which IAM action was used, page by page."""
        return dict(self._calls.made)

    @property
    def ahead(self) -> float:
        """Seconds that the target's clock is ahead of this machine's; 0 on AWS."""
        return ahead(self.target)

    def stacks(self) -> Sequence[StackStatus]:
        """All stacks that are not deleted."""
        return inventory.stacks(self._calls)

    def inventory(self, stacks: Sequence[str] = ()) -> Inventory:
        """The resources of the stacks (all when empty), live; raises NotDeployedError for an unknown stack."""
        source = self.target.name if self.target.name == "local" else f"{self.target.name} {self.target.region}"
        return inventory.read(self._calls, source, stacks)

    def recorded(self, since: float, own: Sequence[str] = ()) -> Recorded:
        """What is recorded of deployments since a time, by all stacks or by the `own`."""
        return deployments.recorded(self._calls, since, own)

    def groups(self) -> Sequence[str]:
        """The names of all log groups."""
        return logs.groups(self._calls)

    def events(self, group: str, window: TimeRange, pattern: str = "") -> Iterator[LogEvent]:
        """The events of a group in the window, oldest first; nothing when the group does not exist."""
        return logs.events(self._calls, group, window, pattern)

    def excerpts(self, groups: Sequence[str], window: TimeRange, most: int) -> Mapping[str, Excerpt]:
        """The first events of each group: one call a group, or queries over fifty of many groups at a time."""
        # the local cloud has no quota and no price
        if self.target.name == "local" or len(groups) < log_samples.MANY:
            return log_samples.one_by_one(self._calls, groups, window, most)
        return log_samples.queried(self._calls, groups, window, most)

    def log_volumes(self, window: TimeRange) -> Sequence[LogVolume]:
        """How much each log group took in within the window."""
        moved = self._moved(window)
        return log_volumes.volumes(self._calls, moved, moved.end)

    def failing_lines(self, volumes: Sequence[LogVolume], window: TimeRange) -> FailingLines:
        """The lines from which failures are read."""
        return failing_lines.failing_lines(self._calls, volumes, window)

    def holding_lines(self, volumes: Sequence[LogVolume], window: TimeRange, text: str, most: int) -> FailingLines:
        """The newest lines with this text."""
        return failing_lines.holding_lines(self._calls, volumes, window, text, most)

    def stream_lines(self, group: str, stream: str, window: TimeRange) -> Sequence[LogEvent]:
        """The first lines of one stream in the window."""
        return logs.of_stream(self._calls, group, stream, window)

    def trace_ids(self, window: TimeRange, filter_expression: str = "") -> Sequence[str]:
        """The ids of the traces in the window that match the X-Ray filter expression. With Transaction Search an
        expression chooses among the traces that are indexed, no expression means all."""
        indexed = traces.ids(self._calls, window, filter_expression)
        if filter_expression or not self._searched:
            return indexed
        return list(dict.fromkeys((*indexed, *transaction_search.ids(self._calls, window))))

    def traces(self, ids: Sequence[str]) -> Iterator[Trace]:
        """The traces in batches; unknown ids are left out."""
        return transaction_search.traces(self._calls, ids) if self._searched else traces.traces(self._calls, ids)

    def service_totals(self, window: TimeRange) -> Sequence[ServiceTotals]:
        """What X-Ray counted of each service over all traces of the window."""
        return trace_totals.totals(self._calls, window)

    def series(self, queries: Sequence[MetricQuery], window: TimeRange) -> Sequence[MetricSeries]:
        """One series a query, in order; empty where there are no data."""
        return metrics.series(self._calls, queries, self._moved(window))

    def alarms(self) -> Sequence[AlarmStatus]:
        """All metric and composite alarms."""
        return alarms.statuses(self._calls)

    def alarm_changes(self, name: str, window: TimeRange) -> Sequence[AlarmChange]:
        """The changes of an alarm's state in the window, oldest first."""
        return alarms.changes(self._calls, self._moved(window), name).get(name, [])

    def alarm_history(self, window: TimeRange) -> Mapping[str, Sequence[AlarmChange]]:
        """The changes of all alarms' states in the window, by alarm, oldest first."""
        return alarms.changes(self._calls, self._moved(window))

    def _moved(self, window: TimeRange) -> TimeRange:
        """The window until the end on the clock of metrics and alarms, which a drill may have moved forward."""
        return TimeRange(window.start, window.end + ahead(self.target))
