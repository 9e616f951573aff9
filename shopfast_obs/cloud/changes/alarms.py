"""Alarms and topics of an account, read and changed through the CloudWatch and SNS APIs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shopfast_obs.cloud.changes.functions import LATER
from shopfast_obs.model.resources import ALARM

ClientFactory = Callable[[str], Any]
OURS = {"Key": "shopfast-obs", "Value": "alarms"}
# What PutMetricAlarm takes of what DescribeAlarms tells.
DEFINITION = (
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Period",
    "Unit",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "Metrics",
    "ThresholdMetricId",
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationWindow",
    "WarmUpConfiguration",
    "ActionConfiguration",
)


class LiveAlarms:
    """The alarms of one target, and the topics that they notify. `error` makes the exception for a refused call from
    its message, and whether it may go well later."""

    def __init__(self, clients: ClientFactory, error: Callable[..., Exception]) -> None:
        self._cloudwatch, self._sns, self._sts = clients("cloudwatch"), clients("sns"), clients("sts")
        self._error = error

    def all(self) -> dict[str, dict[str, Any]]:
        """The definition of every metric alarm, by its name."""
        pages = self._call(lambda: list(self._cloudwatch.get_paginator("describe_alarms").paginate()))
        return {item["AlarmName"]: definition(item) for page in pages for item in page.get("MetricAlarms") or ()}

    def ours(self, name: str) -> bool:
        """True for an alarm that bears our tag."""
        item = self._described(name)
        arn = (item or {}).get("AlarmArn", "")
        tags = self._call(lambda: self._cloudwatch.list_tags_for_resource(ResourceARN=arn))["Tags"] if arn else []
        return any(tag.get("Key") == OURS["Key"] for tag in tags)

    def topic_arn(self, name: str) -> str:
        """The ARN that a topic of this name has here, whether there is one or not."""
        identity = self._call(self._sts.get_caller_identity)
        partition = identity["Arn"].split(":")[1]
        return f"arn:{partition}:sns:{self._sns.meta.region_name}:{identity['Account']}:{name}"

    def read(self, type_: str, name: str) -> dict[str, Any] | None:
        """The definition as the API takes it; None where there is none of that name."""
        if type_ == ALARM:
            item = self._described(name)
            return definition(item) if item else None
        try:
            self._sns.get_topic_attributes(TopicArn=self.topic_arn(name))
        except self._sns.exceptions.NotFoundException:
            return None
        except Exception as problem:
            raise self._told(problem) from None
        return {"Name": name}

    def put(self, type_: str, name: str, definition: Mapping[str, Any]) -> None:
        """Make it with our tag, or change it to this definition (tags stay as they are)."""
        if type_ == ALARM:
            self._call(lambda: self._cloudwatch.put_metric_alarm(AlarmName=name, Tags=[OURS], **definition))
        else:
            self._call(lambda: self._sns.create_topic(Name=name, Tags=[OURS]))

    def delete(self, type_: str, name: str) -> None:
        """Delete it; a topic that somebody has subscribed to stays."""
        if type_ == ALARM:
            self._call(lambda: self._cloudwatch.delete_alarms(AlarmNames=[name]))
            return
        arn = self.topic_arn(name)
        if self._call(lambda: self._sns.list_subscriptions_by_topic(TopicArn=arn)).get("Subscriptions"):
            raise self._error("somebody has subscribed to it, so it stays")
        self._call(lambda: self._sns.delete_topic(TopicArn=arn))

    def _described(self, name: str) -> dict[str, Any] | None:
        found = self._call(lambda: self._cloudwatch.describe_alarms(AlarmNames=[name])).get("MetricAlarms") or [None]
        described: dict[str, Any] | None = found[0]
        return described

    def _call(self, operation: Callable[[], Any]) -> Any:  # noqa: ANN401 - boto3's answers
        try:
            return operation()
        except Exception as problem:
            raise self._told(problem) from None

    def _told(self, problem: Exception) -> Exception:
        """A refusal in our words; anything that is no answer of AWS as it is."""
        from botocore.exceptions import ClientError

        if not isinstance(problem, ClientError):
            return problem
        error = problem.response.get("Error", {})
        code = str(error.get("Code", ""))
        return self._error(f"AWS refused: {code}: {error.get('Message', '')}", again=code in LATER)


def definition(item: Mapping[str, Any]) -> dict[str, Any]:
    """What DescribeAlarms tells of an alarm, as PutMetricAlarm takes it: what is empty is left out."""
    return {key: item[key] for key in DEFINITION if item.get(key) not in (None, [], "")}
