"""The outside world as the rest of the package sees it.

`aws.py` implements it with boto3 for every target, `testing.py` with fakes. All raise CloudUnreachableError when
nothing answers; what is denied or missing becomes a Gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Protocol

from shopfast_obs.model.deployments import Recorded
from shopfast_obs.model.records import record
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


@record
class Keys:
    """What requests are signed with; `token` is empty for keys that last."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(default="", repr=False)


@record
class Target:
    """Where commands act: `local` (an endpoint on this machine) or `aws`."""

    name: str
    region: str
    endpoint_url: str | None = None
    profile: str | None = None
    keys: Keys | None = None  # of the local cloud; for AWS boto3 finds the user's own


@record
class StackStatus:
    """One CloudFormation stack: its status as AWS names it, and its outputs."""

    name: str
    status: str
    outputs: Mapping[str, str]
    reason: str = ""


@record
class MetricQuery:
    """One statistic (`Sum`, `Average`, `p99`, ...) of one metric over a period in seconds."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    period: int = 60


class Resources(Protocol):
    """What is deployed."""

    def stacks(self) -> Sequence[StackStatus]:
        """All stacks of the target that are not deleted."""
        ...

    def inventory(self, stacks: Sequence[str] = ()) -> Inventory:
        """The resources of the stacks (all when empty), with live properties in CloudFormation's names."""
        ...


class Logs(Protocol):
    """What was logged."""

    def groups(self) -> Sequence[str]:
        """The names of all log groups."""
        ...

    def events(self, group: str, window: TimeRange, pattern: str = "") -> Iterator[LogEvent]:
        """The events of a group in the window, oldest first; nothing when the group does not exist."""
        ...

    def excerpts(self, groups: Sequence[str], window: TimeRange, most: int) -> Mapping[str, Excerpt]:
        """The first events of each group in the window, at most so many of one, in as few calls as there are ways."""
        ...

    def log_volumes(self, window: TimeRange) -> Sequence[LogVolume]:
        """How much each log group took in within the window, and of which class it is."""
        ...

    def failing_lines(self, volumes: Sequence[LogVolume], window: TimeRange) -> FailingLines:
        """The lines from which failures are read, by queries of Logs Insights over these groups."""
        ...

    def holding_lines(self, volumes: Sequence[LogVolume], window: TimeRange, text: str, most: int) -> FailingLines:
        """The newest lines with this text, at most so many, by queries of Logs Insights over these groups."""
        ...

    def stream_lines(self, group: str, stream: str, window: TimeRange) -> Sequence[LogEvent]:
        """The first lines of one stream in the window, as many as one answer has."""
        ...


@record
class Excerpt:
    """What was read of one log group. `refused` says why nothing was, `cut` that there is more."""

    events: tuple[LogEvent, ...] = ()
    refused: str = ""
    cut: bool = False


@record
class LogVolume:
    """What a log group took in within a window, in bytes, or what it holds where no metric tells; and its class."""

    group: str
    bytes: int
    log_class: str = "STANDARD"


FAILURE_SCANS = 4  # how often queries for failures scan the bytes of a window at most


@record
class FailingLines:
    """Lines that queries found, `failing` of them for themselves and the rest for their requests: by group, oldest
    first. `scanned` events were looked at in all groups, `bytes` were scanned by all queries together. `notes` say what
    is not exact."""

    events: tuple[LogEvent, ...] = ()
    failing: int = 0
    scanned: int = 0
    bytes: int = 0
    notes: tuple[str, ...] = ()


class Traces(Protocol):
    """What was traced."""

    def trace_ids(self, window: TimeRange, filter_expression: str = "") -> Sequence[str]:
        """The ids of the traces in the window that match the X-Ray filter expression."""
        ...

    def traces(self, ids: Sequence[str]) -> Iterator[Trace]:
        """The traces, in batches as the API allows; unknown ids are left out."""
        ...

    def service_totals(self, window: TimeRange) -> Sequence[ServiceTotals]:
        """What was counted of each service over all traces of the window."""
        ...


class Metrics(Protocol):
    """What was measured, and what watches it."""

    @property
    def ahead(self) -> float:
        """Seconds that the clock of metrics and alarms is ahead of this machine's: a local cloud's can be hurried."""
        ...

    def series(self, queries: Sequence[MetricQuery], window: TimeRange) -> Sequence[MetricSeries]:
        """One series a query, in order; empty where there are no data."""
        ...

    def alarms(self) -> Sequence[AlarmStatus]:
        """All metric and composite alarms."""
        ...

    def alarm_changes(self, name: str, window: TimeRange) -> Sequence[AlarmChange]:
        """The changes of an alarm's state in the window, oldest first."""
        ...

    def alarm_history(self, window: TimeRange) -> Mapping[str, Sequence[AlarmChange]]:
        """The changes of all alarms' states in the window, by alarm, oldest first."""
        ...


class Deployments(Protocol):
    """What was deployed, and when."""

    def recorded(self, since: float, own: Sequence[str] = ()) -> Recorded:
        """What is recorded of deployments since a time, by all stacks or by the `own`; what is refused is a gap."""
        ...


class Cloud(Resources, Logs, Traces, Metrics, Deployments, Protocol):
    """Everything that a target can be asked. `api_calls` counts what was asked so far, by IAM action."""

    target: Target

    @property
    def api_calls(self) -> Mapping[str, int]:
        """How often which IAM action was used (`lambda:ListFunctions`)."""
        ...
