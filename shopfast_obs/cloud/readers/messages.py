"""Queues, topics with their subscriptions, buses with their rules, state machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.readers.declared import Declared, StackResource, picked
from shopfast_obs.model.resources import (
    EVENT_BUS,
    EVENT_RULE,
    QUEUE,
    QUEUE_POLICY,
    STATE_MACHINE,
    SUBSCRIPTION,
    TOPIC,
    Resource,
)

_QUEUE_NUMBERS = ("VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "ReceiveMessageWaitTimeSeconds")


def queues(calls: Calls, declared: Declared) -> list[Resource]:
    """The queues with their policies, one call each."""
    found = calls.each(lambda owner: _queue(calls, owner), declared.of_type(QUEUE))
    return [resource for queue in found for resource in queue]


def _queue(calls: Calls, owner: StackResource) -> list[Resource]:
    answer = calls.one("sqs", "get_queue_attributes", QueueUrl=owner.physical_id, AttributeNames=["All"])
    attributes = answer.get("Attributes") or {}
    name = owner.physical_id.rsplit("/", 1)[-1]
    properties: dict[str, Any] = {"QueueName": name}
    properties |= {key: int(attributes[key]) for key in _QUEUE_NUMBERS if key in attributes}
    if attributes.get("RedrivePolicy"):
        properties["RedrivePolicy"] = parsed(attributes["RedrivePolicy"])
    queue = owner.resource(name, properties, attributes.get("QueueArn", ""))
    if not attributes.get("Policy"):
        return [queue]
    said = {"Queues": [owner.physical_id], "PolicyDocument": parsed(attributes["Policy"])}
    return [queue, Resource(QUEUE_POLICY, name, stack=owner.stack, properties=said)]


def topics(calls: Calls, declared: Declared) -> list[Resource]:
    """The topics and their subscriptions: one list, and one call a subscription for its policies."""
    owners = {owner.physical_id: owner for owner in declared.of_type(TOPIC)}
    found = [
        o.resource(arn.rsplit(":", 1)[-1], {"TopicName": arn.rsplit(":", 1)[-1]}, arn) for arn, o in owners.items()
    ]
    if not owners:
        return found
    entries = {s.physical_id: s for s in declared.of_type(SUBSCRIPTION)}
    listed = [i for i in calls.items("sns", "list_subscriptions", "Subscriptions") if i["TopicArn"] in owners]

    def one(item: Mapping[str, Any]) -> Resource:
        arn = item["SubscriptionArn"]
        entry = entries.get(arn) or StackResource(SUBSCRIPTION, "", arn, owners[item["TopicArn"]].stack)
        return _subscription(calls, entry, item)

    return found + calls.each(one, listed)


def _subscription(calls: Calls, entry: StackResource, item: Mapping[str, Any]) -> Resource:
    properties = picked(item, ("TopicArn", "Protocol", "Endpoint"))
    arn = str(item["SubscriptionArn"])
    if arn.startswith("arn:"):  # a subscription that nobody confirmed has a word in the place of its ARN
        attributes = calls.one("sns", "get_subscription_attributes", SubscriptionArn=arn).get("Attributes") or {}
        for key in ("RedrivePolicy", "FilterPolicy"):
            if attributes.get(key):
                properties[key] = parsed(attributes[key])
        properties |= picked(attributes, ("FilterPolicyScope",))
    return entry.resource(arn, properties, arn)


def rules(calls: Calls, declared: Declared) -> list[Resource]:
    """The buses, and the wanted rules with their targets: one list a bus, one call a rule."""
    buses = [owner.resource(owner.physical_id, {"Name": owner.physical_id}) for owner in declared.of_type(EVENT_BUS)]
    owners = {_bus_and_rule(owner.physical_id): owner for owner in declared.of_type(EVENT_RULE)}
    if not owners and not declared.everything:
        return buses
    listed = []
    named = {bus for bus, _ in owners} | {bus.name for bus in buses} | ({"default"} if declared.everything else set())
    for bus in sorted(named):
        for item in calls.items("events", "list_rules", "Rules", EventBusName=bus):
            # Some clouds leave the bus out of the id: then the rule is looked for on the stacks' own buses, too.
            owner = owners.pop((bus, item["Name"]), None) or owners.pop(("default", item["Name"]), None)
            if owner is None and declared.everything and not item.get("ManagedBy"):  # the others are a service's own
                owner = StackResource(EVENT_RULE, "", item["Name"], "")
            if owner is not None:
                listed.append((owner, bus, item))
    return buses + calls.each(lambda one: _rule(calls, *one), listed)


def _bus_and_rule(physical_id: str) -> tuple[str, str]:
    # CloudFormation's id of a rule on a custom bus is `bus|rule`.
    bus, bar, rule = physical_id.rpartition("|")
    return (bus.rsplit("/", 1)[-1] if bar else "default", rule)


def _rule(calls: Calls, owner: StackResource, bus: str, item: Mapping[str, Any]) -> Resource:
    targets = calls.items("events", "list_targets_by_rule", "Targets", Rule=item["Name"], EventBusName=bus)
    properties: dict[str, Any] = {"Name": item["Name"], "EventBusName": bus, "Targets": targets}
    properties |= picked(item, ("State", "ScheduleExpression"))
    if item.get("EventPattern"):
        properties["EventPattern"] = parsed(item["EventPattern"])
    return owner.resource(item["Name"], properties, item.get("Arn", ""))


def state_machines(calls: Calls, declared: Declared) -> list[Resource]:
    """The state machines, one call each."""
    return calls.each(lambda owner: _state_machine(calls, owner), declared.of_type(STATE_MACHINE))


def _state_machine(calls: Calls, owner: StackResource) -> Resource:
    item = calls.one("stepfunctions", "describe_state_machine", stateMachineArn=owner.physical_id)
    logging = item.get("loggingConfiguration") or {}
    properties = {
        "StateMachineName": item["name"],
        "StateMachineType": item.get("type"),
        "RoleArn": item.get("roleArn"),
        "DefinitionString": item.get("definition"),
        "TracingConfiguration": {"Enabled": bool((item.get("tracingConfiguration") or {}).get("enabled"))},
        "LoggingConfiguration": {"Level": logging.get("level", "OFF")},
    }
    return owner.resource(item["name"], properties, owner.physical_id)


def parsed(text: Any) -> Any:  # noqa: ANN401 - a JSON document, or what was there when it is none
    """The JSON document in a string; the string itself when it is none."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, OverflowError):
        return text
