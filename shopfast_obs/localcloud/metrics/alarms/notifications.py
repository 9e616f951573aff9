"""What is said of an alarm's change: SNS's message, the event of a function, EventBridge's detail."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from shopfast_obs.localcloud.metrics.alarms.alarm_store import COMPOSITE, LOG, Alarm, Change
from shopfast_obs.localcloud.metrics.alarms.evaluator import stamp

LISTS = {"OK": "OKActions", "ALARM": "AlarmActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
REGIONS = {"us-east-1": "US East (N. Virginia)", "us-west-2": "US West (Oregon)", "eu-west-1": "EU (Ireland)"}
Json = dict[str, Any]


def subject(change: Change) -> str:
    """The subject of the notification; SNS takes 100 characters."""
    return f'{change.new.state}: "{change.new.name}" in {_region_name(change.new)}'[:100]


def notification(change: Change) -> Json:
    """The notification's body."""
    alarm, own = change.new, change.new.properties
    body: Json = {
        "AlarmName": alarm.name,
        "AlarmDescription": own.get("AlarmDescription"),
        "AWSAccountId": _account(alarm),
        "AlarmConfigurationUpdatedTimestamp": stamp(alarm.configured),
        "NewStateValue": alarm.state,
        "NewStateReason": alarm.reason,
        "StateChangeTime": stamp(alarm.updated),
        "Region": _region_name(alarm),
        "AlarmArn": alarm.arn,
        "OldStateValue": change.old.state,
    }
    body |= {key: own.get(key) or [] for key in LISTS.values()}
    if alarm.kind == COMPOSITE:
        return body | {"AlarmRule": own["AlarmRule"]}
    return body | {"Trigger": _log_trigger(own) if alarm.kind == LOG else _trigger(own)}


def function_event(change: Change) -> Json:
    """The event of a function that is an alarm's action."""
    alarm = change.new
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm.arn,
        "accountId": _account(alarm),
        "time": stamp(alarm.updated),
        "region": region_of(alarm),
        "alarmData": detail(change),
    }


def detail(change: Change) -> Json:
    """The detail of the event `CloudWatch Alarm State Change`."""
    return {
        "alarmName": change.new.name,
        "state": _state(change.new),
        "previousState": _state(change.old),
        "configuration": _configuration(change.new),
    }


def configuration_detail(alarm: Alarm, operation: str) -> Json:
    """The detail of the event `CloudWatch Alarm Configuration Change`."""
    own = alarm.properties
    names = ("evaluationPeriods", "threshold", "comparisonOperator", "treatMissingData", "datapointsToAlarm")
    rest = {name: own[key] for name in names if (key := name[0].upper() + name[1:]) in own}
    rest |= {key[0].lower() + key[1:]: own.get(key) or [] for key in LISTS.values()}
    rest |= {"alarmName": alarm.name, "actionsEnabled": alarm.actions_enabled, "timestamp": stamp(alarm.configured)}
    configuration = {**_configuration(alarm), **rest}
    return {"alarmName": alarm.name, "operation": operation, "state": _state(alarm), "configuration": configuration}


def region_of(alarm: Alarm) -> str:
    """The code of the alarm's region."""
    return alarm.arn.split(":")[3]


def _account(alarm: Alarm) -> str:
    return alarm.arn.split(":")[4]


def _region_name(alarm: Alarm) -> str:
    return REGIONS.get(region_of(alarm), region_of(alarm))


def _state(alarm: Alarm) -> Json:
    state: Json = {"value": alarm.state, "reason": alarm.reason, "timestamp": stamp(alarm.updated)}
    state |= {"reasonData": alarm.reason_data} if alarm.reason_data else {}
    if alarm.suppressed_by:
        state |= {"actionsSuppressedBy": alarm.suppressed_by, "actionsSuppressedReason": alarm.suppressed_reason}
    return state


def _configuration(alarm: Alarm) -> Json:
    own = alarm.properties
    described: Json = {"description": own["AlarmDescription"]} if own.get("AlarmDescription") else {}
    if alarm.kind == LOG:
        return described | {"scheduledQueryConfiguration": own["ScheduledQueryConfiguration"]}
    if alarm.kind == COMPOSITE:
        suppressor = {
            name[0].lower() + name[1:]: own[name]
            for name in ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
            if name in own
        }
        return described | {"alarmRule": own["AlarmRule"]} | suppressor
    listed = own.get("Metrics") or [_single(alarm)]
    return described | {"metrics": [_described(query) for query in listed]}


def _single(alarm: Alarm) -> Json:
    own = alarm.properties
    metric = {key: own.get(key) for key in ("Namespace", "MetricName", "Dimensions")}
    stat = {"Metric": metric, "Period": own["Period"], "Stat": own.get("Statistic") or own.get("ExtendedStatistic")}
    stat |= {"Unit": own["Unit"]} if own.get("Unit") else {}
    digest = hashlib.sha256(alarm.arn.encode()).hexdigest()
    return {"Id": "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32])), "MetricStat": stat}


def _described(query: Mapping[str, Any]) -> Json:
    found: Json = {"id": query["Id"], "returnData": query.get("ReturnData", True)}
    found |= {name: query[key] for name, key in (("label", "Label"), ("expression", "Expression")) if query.get(key)}
    stat = query.get("MetricStat")
    if not stat:
        return found
    dimensions = {d["Name"]: d["Value"] for d in stat["Metric"].get("Dimensions") or []}
    metric = {"namespace": stat["Metric"]["Namespace"], "name": stat["Metric"]["MetricName"], "dimensions": dimensions}
    unit = {"unit": stat["Unit"]} if stat.get("Unit") else {}
    return found | {"metricStat": {"metric": metric, "period": stat["Period"], "stat": stat["Stat"], **unit}}


def _trigger(own: Mapping[str, Any]) -> Json:
    common = {key: own[key] for key in ("EvaluationPeriods", "ComparisonOperator")}
    common |= {key: own[key] for key in ("Threshold", "ThresholdMetricId", "DatapointsToAlarm") if key in own}
    common["TreatMissingData"] = own.get("TreatMissingData", "")
    common["EvaluateLowSampleCountPercentile"] = own.get("EvaluateLowSampleCountPercentile", "")
    if own.get("Metrics"):
        return {"Metrics": [_query(query) for query in own["Metrics"]], **common}
    single = {"MetricName": own["MetricName"], "Namespace": own["Namespace"]}
    if own.get("Statistic"):
        names = {"SampleCount": "SAMPLE_COUNT"}
        single |= {"StatisticType": "Statistic", "Statistic": names.get(own["Statistic"], own["Statistic"].upper())}
    else:
        single |= {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": own["ExtendedStatistic"]}
    return {**single, "Unit": own.get("Unit"), "Dimensions": _dimensions(own), "Period": own["Period"], **common}


def _log_trigger(own: Mapping[str, Any]) -> Json:
    names = ("ScheduledQueryConfiguration", "QueryResultsToEvaluate", "QueryResultsToAlarm", "Threshold")
    return {key: own[key] for key in (*names, "ComparisonOperator", "TreatMissingData") if key in own}


def _query(query: Mapping[str, Any]) -> Json:
    if "MetricStat" not in query:
        return {**query, "ReturnData": query.get("ReturnData", True)}
    stat = query["MetricStat"]
    metric = {**stat["Metric"], "Dimensions": _dimensions(stat["Metric"])}
    return {**query, "MetricStat": {**stat, "Metric": metric}, "ReturnData": query.get("ReturnData", True)}


def _dimensions(own: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"value": d["Value"], "name": d["Name"]} for d in own.get("Dimensions") or []]
