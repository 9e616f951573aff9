"""A metric that AWS keeps of a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.cloud.interface import MetricQuery
from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.parse.logs.platform import report
from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import NUMBER, TEXT, CheckContext, Schema, TooLittleError

MINUTE = 60


class Measured:
    """`{namespace: AWS/Lambda, name: Throttles, dimension: FunctionName, value: NAME, at_most: 0, group: LOG_GROUP}`:
    its sum since the application changed is at most that. AWS counts by the minute: the one of the change is looked at
    until the function of that log has run in a later one."""

    kind = "measured"
    schema = Schema(
        required={"namespace": TEXT, "name": TEXT, "dimension": TEXT, "value": TEXT, "at_most": NUMBER, "group": TEXT},
        measures=frozenset({"name", "value", "total"}),
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """AWS keeps no datapoint of most metrics where nothing happened: none is 0."""
        wanted = spec.parameters
        dimensions = ((wanted["dimension"], wanted["value"]),)
        query = MetricQuery(wanted["namespace"], wanted["name"], dimensions, "Sum", 60)
        window, ahead = world.window, world.cloud.ahead  # metrics are on the clock of the alarms, logs on ours
        ran = [event.timestamp for event in world.cloud.events(wanted["group"], window) if report(event.message, event)]
        if not ran:
            raise TooLittleError(f"{wanted['group']} has no invocation yet")
        start = window.start + ahead
        first = start - start % MINUTE
        later = ran[-1] + ahead >= first + MINUTE
        (series,) = world.cloud.series([query], TimeRange(first, window.end + ahead))
        total = sum(value for when, value in series.points if when > first or not later)
        return total <= wanted["at_most"], {"name": wanted["name"], "value": wanted["value"], "total": total}


CHECK = Measured()
