"""What an alarm does when its state changes: it publishes AWS's notification on SNS topics."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson

from shopfast_obs.localcloud.interface import ApplicationPlane
from shopfast_obs.localcloud.metrics.book import METRIC, AlarmBook, Change
from shopfast_obs.localcloud.metrics.evaluator import stamp

LISTS = {"OK": "OKActions", "ALARM": "AlarmActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
REGIONS = {"us-east-1": "US East (N. Virginia)", "us-west-2": "US West (Oregon)", "eu-west-1": "EU (Ireland)"}
logger = logging.getLogger(__name__)


class Actions:
    """Runs the actions one after the other in a thread of its own, so that no evaluation waits for a subscriber."""

    def __init__(self, application: ApplicationPlane) -> None:
        self._application = application
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="alarm actions")

    def changed(self, book: AlarmBook, change: Change) -> None:
        """Start the actions of a change of state."""
        alarm = change.new
        for action in alarm.properties.get(LISTS[alarm.state]) or [] if alarm.actions_enabled else []:
            self._thread.submit(self._run, book, change, action)

    def close(self) -> None:
        """Wait until the actions that were started are done."""
        self._thread.shutdown()

    def _run(self, book: AlarmBook, change: Change, action: str) -> None:
        problem = ""
        try:
            if action.split(":")[2:3] != ["sns"]:
                problem = "the local cloud runs actions on SNS topics only"
            else:
                self._application.publish(action, subject(change), orjson.dumps(message(change)).decode())
        except Exception as failure:
            logger.warning("the action %s of alarm %s failed: %s", action, change.new.name, failure)
            problem = str(failure) or type(failure).__name__
        book.note_action(change.new, change.new.updated, action, problem)


def subject(change: Change) -> str:
    """The subject of the notification; SNS takes 100 characters."""
    return f'{change.new.state}: "{change.new.name}" in {_region(change)}'[:100]


def message(change: Change) -> dict[str, Any]:
    """The notification's body."""
    alarm, own = change.new, change.new.properties
    body: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmDescription": own.get("AlarmDescription"),
        "AWSAccountId": alarm.arn.split(":")[4],
        "AlarmConfigurationUpdatedTimestamp": stamp(alarm.configured),
        "NewStateValue": alarm.state,
        "NewStateReason": alarm.reason,
        "StateChangeTime": stamp(alarm.updated),
        "Region": _region(change),
        "AlarmArn": alarm.arn,
        "OldStateValue": change.old.state,
    }
    body |= {key: own.get(key) or [] for key in LISTS.values()}
    return body | ({"Trigger": _trigger(own)} if alarm.kind == METRIC else {"AlarmRule": own["AlarmRule"]})


def _region(change: Change) -> str:
    code = change.new.arn.split(":")[3]
    return REGIONS.get(code, code)


def _trigger(own: Mapping[str, Any]) -> dict[str, Any]:
    common = {key: own[key] for key in ("EvaluationPeriods", "ComparisonOperator", "Threshold")}
    common |= {"DatapointsToAlarm": own["DatapointsToAlarm"]} if "DatapointsToAlarm" in own else {}
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


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    if "MetricStat" not in query:
        return {**query, "ReturnData": query.get("ReturnData", True)}
    stat = query["MetricStat"]
    metric = {**stat["Metric"], "Dimensions": _dimensions(stat["Metric"])}
    return {**query, "MetricStat": {**stat, "Metric": metric}, "ReturnData": query.get("ReturnData", True)}


def _dimensions(own: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"value": d["Value"], "name": d["Name"]} for d in own.get("Dimensions") or []]
