"""Topics of SNS that call a function of a serverless.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.model.resources import QUEUE_POLICY, SUBSCRIPTION, TOPIC
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.dialects.serverless.names import source_word, word
from shopfast_obs.parse.dialects.serverless.owner import Function, Resources, is_intrinsic, permission

_MORE = (
    ("filterPolicy", "FilterPolicy"),
    ("filterPolicyScope", "FilterPolicyScope"),
    ("redrivePolicy", "RedrivePolicy"),
)


def subscription(said: Any, owner: Function, made: Resources) -> Resources:  # noqa: ANN401
    """The subscription; a topic that is only named is made too, one that is given by its ARN is not. `made` is what
    earlier events made: functions share a topic."""
    details = mapping(said)
    arn = details.get("arn") or (said if is_intrinsic(details) else None)
    topic = said if isinstance(said, str) else details.get("topicName")
    if isinstance(topic, str) and topic.startswith("arn:"):
        arn, topic = topic, topic.rpartition(":")[2]
    elif topic is None and isinstance(arn, str):
        topic = arn.rpartition(":")[2]
    name = word(topic) if isinstance(topic, str) else source_word(arn)
    found = permission(f"{owner.name}LambdaPermission{name}SNS", owner.target, "sns.amazonaws.com")
    more = {property_name: details[key] for key, property_name in _MORE if details.get(key)}
    of_queue = more.pop("RedrivePolicy", None)
    if of_queue:
        dead, queue = _dead_letters(mapping(of_queue))
        more["RedrivePolicy"] = {"deadLetterTargetArn": dead}
        found |= _open_queue(f"{name}To{owner.name}DLQPolicy", dead, queue, arn)
    if arn is None:
        arn = {"Ref": f"SNSTopic{name}"}
        known = made.get(f"SNSTopic{name}") or {"Type": TOPIC, "Properties": {"TopicName": topic}}
        found[f"SNSTopic{name}"] = known
        if not ("FilterPolicy" in more or of_queue):
            inline = {"Endpoint": owner.target, "Protocol": "lambda"}
            subscribed = [*known["Properties"].get("Subscription", []), inline]
            properties = {**known["Properties"], "Subscription": subscribed}
            return found | {f"SNSTopic{name}": {**known, "Properties": properties}}
    properties = {"TopicArn": arn, "Protocol": "lambda", "Endpoint": owner.target, **more}
    return found | {f"{owner.name}SnsSubscription{name}": {"Type": SUBSCRIPTION, "Properties": properties}}


def _dead_letters(policy: Mapping[str, Any]) -> tuple[Any, Any]:
    """The ARN of a redrive policy's queue, and what names the queue: by reference, by import, or its address."""
    if "deadLetterTargetRef" in policy:
        logical_id = policy["deadLetterTargetRef"]
        return {"Fn::GetAtt": [logical_id, "Arn"]}, {"Ref": logical_id}
    imported = mapping(policy.get("deadLetterTargetImport"))
    if imported:
        return {"Fn::ImportValue": imported.get("arn")}, {"Fn::ImportValue": imported.get("url")}
    arn = policy.get("deadLetterTargetArn")
    parts = str(arn).split(":")
    if len(parts) != 6:
        return arn, arn
    return arn, {"Fn::Sub": f"https://sqs.{parts[3]}.${{AWS::URLSuffix}}/{parts[4]}/{parts[5]}"}


def _open_queue(id_: str, arn: Any, queue: Any, topic: Any) -> Resources:  # noqa: ANN401
    """The policy that lets a topic write to a dead-letter queue."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    properties = {"Queues": [queue], "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    return {id_: {"Type": QUEUE_POLICY, "Properties": properties}}
