"""Alarms that a CloudFormation stack makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.localcloud.metrics.book import COMPOSITE, METRIC, AlarmBook
from shopfast_obs.localcloud.metrics.definitions import check_common, watch_of
from shopfast_obs.localcloud.metrics.evaluator import Evaluator

Json = Any  # what a template may hold
WHOLE = ("EvaluationPeriods", "DatapointsToAlarm", "Period")
TRUE_FALSE = ("ActionsEnabled", "ReturnData")


class StackAlarms:
    """What the CloudFormation seam calls with the properties of AWS::CloudWatch::Alarm and ::CompositeAlarm."""

    def __init__(self, book: AlarmBook, evaluator: Evaluator) -> None:
        self._book = book
        self._evaluator = evaluator

    def put(self, properties: Mapping[str, Any]) -> str:
        """Create or update the alarm; its ARN. `AlarmName` must be there. Raises AwsError with CloudWatch's message."""
        plain = {key: _typed(key, value) for key, value in properties.items() if value is not None and key != "Tags"}
        tags = {str(tag["Key"]): str(tag["Value"]) for tag in properties.get("Tags") or []}
        kind = COMPOSITE if "AlarmRule" in plain else METRIC
        check_common(plain) if kind == COMPOSITE else watch_of(plain)
        alarm = self._book.put(kind, plain, tags)
        self._evaluator.evaluate_now(alarm.name)
        return alarm.arn

    def delete(self, name: str) -> None:
        """Delete the alarm; one that is gone already is no error."""
        self._book.delete([name])


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
