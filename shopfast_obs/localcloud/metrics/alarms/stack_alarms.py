"""Alarms that a CloudFormation stack makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.metrics.alarms.alarm_store import COMPOSITE, LOG, METRIC
from shopfast_obs.localcloud.metrics.alarms.api import check_rule
from shopfast_obs.localcloud.metrics.alarms.definitions import check_common, watch_of
from shopfast_obs.localcloud.metrics.alarms.log_alarms import log_watch_of
from shopfast_obs.localcloud.metrics.cloudwatch import CloudWatch

Json = Any  # what a template may hold
WHOLE = (
    *("EvaluationPeriods", "DatapointsToAlarm", "Period", "WarmUpPeriodDurationInMinutes"),
    *("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"),
    *("QueryResultsToEvaluate", "QueryResultsToAlarm", "StartTimeOffset", "EndTimeOffset", "ActionLogLineCount"),
)
TRUE_FALSE = ("ActionsEnabled", "ReturnData", "OnlyStartEvaluatingAfterWarmUpPeriodEnds")


class StackAlarms:
    """What the CloudFormation seam calls with the properties of an Alarm, a CompositeAlarm or a LogAlarm."""

    def __init__(self, cloudwatch: CloudWatch) -> None:
        self._cloudwatch = cloudwatch

    def put(self, scope: Scope, properties: Mapping[str, Any]) -> str:
        """Create or update the alarm; its ARN. `AlarmName` must be there. Raises AwsError with CloudWatch's message."""
        plain = {key: _typed(key, value) for key, value in properties.items() if value is not None and key != "Tags"}
        tags = {str(tag["Key"]): str(tag["Value"]) for tag in properties.get("Tags") or []}
        kind = COMPOSITE if "AlarmRule" in plain else LOG if "ScheduledQueryConfiguration" in plain else METRIC
        region = self._cloudwatch.region(scope)
        check_common(plain)
        if kind == COMPOSITE:
            check_rule(region.alarms, plain)
        else:
            log_watch_of(plain) if kind == LOG else watch_of(plain)
        alarm = region.alarms.put(kind, plain, tags)
        region.evaluator.evaluate_now(alarm.name)
        return alarm.arn

    def delete(self, scope: Scope, name: str) -> None:
        """Delete the alarm; one that is gone already is no error."""
        self._cloudwatch.region(scope).alarms.delete([name])


def _typed(key: str, value: Json) -> Json:
    """A template's value with the type that the API has: a template may write every number as a string."""
    if isinstance(value, Mapping):
        return {name: _typed(name, item) for name, item in value.items()}
    if isinstance(value, list):
        return [_typed(key, item) for item in value]
    if key in WHOLE:
        return int(value)
    if key == "Threshold":
        return float(value)
    return value if key not in TRUE_FALSE or isinstance(value, bool) else str(value).lower() == "true"
