"""Alarms: as resources with their definition, and as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.cloud.calls import Calls
from shopfast_obs.cloud.readers.declared import Declared, picked
from shopfast_obs.model.resources import ALARM, Resource
from shopfast_obs.model.telemetry import AlarmStatus
from shopfast_obs.parse.alarm_definition import dimensions, watched

_SAME = (
    "AlarmName",
    "AlarmDescription",
    "Namespace",
    "MetricName",
    "Dimensions",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "Metrics",
    "AlarmActions",
    "ActionsEnabled",
)


def alarms(calls: Calls, declared: Declared) -> list[Resource]:
    """All wanted metric alarms with their definition."""
    found = []
    for item in calls.items("cloudwatch", "describe_alarms", "MetricAlarms", AlarmTypes=["MetricAlarm"]):
        owner = declared.wanted(ALARM, item["AlarmName"])
        if owner is not None:
            found.append(owner.resource(item["AlarmName"], picked(item, _SAME), item.get("AlarmArn", "")))
    return found


def statuses(calls: Calls) -> list[AlarmStatus]:
    """All metric and composite alarms as they stand."""
    pages = list(calls.pages("cloudwatch", "describe_alarms", AlarmTypes=["MetricAlarm", "CompositeAlarm"]))
    return [
        _status(item)
        for page in pages
        for item in (*(page.get("MetricAlarms") or ()), *(page.get("CompositeAlarms") or ()))
    ]


def _status(item: Mapping[str, Any]) -> AlarmStatus:
    changed = item.get("StateUpdatedTimestamp")
    return AlarmStatus(
        name=item["AlarmName"],
        state=item.get("StateValue", "INSUFFICIENT_DATA"),
        reason=item.get("StateReason", ""),
        changed=changed.timestamp() if changed else 0.0,
        namespace=item.get("Namespace", ""),
        metric=item.get("MetricName", ""),
        dimensions=dimensions(item),
        actions=tuple(item.get("AlarmActions") or ()),
        watches=watched(item),
    )
