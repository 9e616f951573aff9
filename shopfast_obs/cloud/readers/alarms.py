"""Alarms: as resources with their definition, and as they stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.readers.declared import Declared, StackResource, picked
from shopfast_obs.model.resources import ALARM, LOG_ALARM, MUTE_RULE, Resource
from shopfast_obs.model.telemetry import AlarmChange, AlarmStatus, TimeRange
from shopfast_obs.parse.templates.alarm_definition import dimensions, queries, watched

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
    "Unit",
    "ComparisonOperator",
    "TreatMissingData",
    "Metrics",
    "AlarmActions",
    "ActionsEnabled",
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationWindow",
    "WarmUpConfiguration",
)
_LOG_SAME = (
    "AlarmName",
    "AlarmDescription",
    "ScheduledQueryConfiguration",
    "QueryResultsToEvaluate",
    "QueryResultsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "AlarmActions",
    "ActionsEnabled",
    "WarmUpConfiguration",
)
LOG_ALARMS = "put_log_alarm"  # a client that has it reads them, too
MUTE_RULES, SUMMARIES = "list_alarm_mute_rules", "AlarmMuteRuleSummaries"
KINDS = ("MetricAlarm", "CompositeAlarm", "LogAlarm")


def alarms(calls: Calls, declared: Declared) -> list[Resource]:
    """All wanted metric alarms with their definition."""
    return _alarms(calls, declared, ALARM, "MetricAlarm", _SAME)


def log_alarms(calls: Calls, declared: Declared) -> list[Resource]:
    """All wanted log alarms with their definition."""
    calls.require("cloudwatch", LOG_ALARMS)
    return _alarms(calls, declared, LOG_ALARM, "LogAlarm", _LOG_SAME)


def _alarms(calls: Calls, declared: Declared, type_: str, kind: str, names: tuple[str, ...]) -> list[Resource]:
    listed = calls.items("cloudwatch", "describe_alarms", f"{kind}s", AlarmTypes=[kind])
    return [
        owner.resource(item["AlarmName"], picked(item, names), item.get("AlarmArn", ""))
        for owner, item in declared.wanted_among(type_, "AlarmName", listed)
    ]


def mute_rules(calls: Calls, declared: Declared) -> list[Resource]:
    """The wanted rules that mute alarms, each with its schedule and the alarms that it names."""
    calls.require("cloudwatch", MUTE_RULES)
    names = [item["AlarmMuteRuleArn"].rpartition(":")[2] for item in calls.items("cloudwatch", MUTE_RULES, SUMMARIES)]
    owners = [owner for name in names if (owner := declared.wanted(MUTE_RULE, name)) is not None]
    return calls.each(lambda owner: _mute_rule(calls, owner), owners)


def _mute_rule(calls: Calls, owner: StackResource) -> Resource:
    item = calls.one("cloudwatch", "get_alarm_mute_rule", AlarmMuteRuleName=owner.physical_id)
    properties = picked(item, ("Name", "Rule", "MuteTargets", "Status"))
    dates = {name: item[name].isoformat() for name in ("StartDate", "ExpireDate") if item.get(name)}
    return owner.resource(owner.physical_id, {**properties, **dates}, item.get("AlarmMuteRuleArn", ""))


def statuses(calls: Calls) -> list[AlarmStatus]:
    """All alarms as they stand: on metrics, on others, and, as far as the SDK knows them, on logs."""
    kinds = KINDS if calls.knows("cloudwatch", LOG_ALARMS) else KINDS[:2]
    pages = list(calls.pages("cloudwatch", "describe_alarms", AlarmTypes=list(kinds)))
    return [_status(item, kind) for page in pages for kind in kinds for item in page.get(f"{kind}s") or ()]


def _status(item: Mapping[str, Any], kind: str) -> AlarmStatus:
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
        queries=() if kind == "CompositeAlarm" else queries(item),
    )


def changes(calls: Calls, window: TimeRange, name: str = "") -> dict[str, list[AlarmChange]]:
    """The changes of the states of all alarms in the window, or of one, by alarm, oldest first."""
    items = calls.items(
        "cloudwatch",
        "describe_alarm_history",
        "AlarmHistoryItems",
        **({"AlarmName": name} if name else {}),
        AlarmTypes=list(KINDS if calls.knows("cloudwatch", LOG_ALARMS) else KINDS[:2]),
        HistoryItemType="StateUpdate",
        StartDate=datetime.fromtimestamp(window.start, UTC),
        EndDate=datetime.fromtimestamp(window.end, UTC),
    )
    found: dict[str, list[AlarmChange]] = {}
    for item in items:
        change = _change(item)
        if change is not None:
            found.setdefault(item["AlarmName"], []).append(change)
    return {alarm: sorted(those, key=lambda change: change.timestamp) for alarm, those in found.items()}


def _change(item: Mapping[str, Any]) -> AlarmChange | None:
    try:
        new = json.loads(item["HistoryData"])["newState"]
    except (KeyError, ValueError, TypeError):
        return None
    # only an evaluation leaves the datapoints that it looked at; SetAlarmState has none
    reason = new.get("stateReasonData") or {}
    return AlarmChange(item["Timestamp"].timestamp(), new["stateValue"], "recentDatapoints" in reason)
