"""Rules of EventBridge and schedules that call a function of a serverless.yml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shopfast_obs.model.resources import EVENT_BUS, EVENT_RULE, SCHEDULE
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.dialects.serverless.names import large, normalised, shortened, word
from shopfast_obs.parse.dialects.serverless.owner import Function, Resources, permission
from shopfast_obs.parse.dialects.serverless.roles import own_role, role_of
from shopfast_obs.parse.dialects.serverless.values import number, truth

SENDER = "events.amazonaws.com"


def bus_rule(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    """The rule of an `eventBridge` event, and its bus where the event only names it."""
    details, number = mapping(said), owner.counted["event"]
    plain = f"{owner.physical_name}-rule-{number}"
    name = str(details.get("name") or shortened(plain, f"rule-{number}"))
    properties = _rule(details, owner, shortened(f"{name}-target", "target")) | {"Name": name}
    found: Resources = {}
    bus = details.get("eventBus")
    if isinstance(bus, str) and bus != "default":
        properties["EventBusName"] = bus.partition("/")[2] if bus.startswith("arn") else bus
        if not bus.startswith("arn"):
            found[f"{normalised(bus)}EventBridgeEventBus"] = {"Type": EVENT_BUS, "Properties": {"Name": bus}}
    elif isinstance(bus, Mapping):
        properties["EventBusName"] = bus
    found[f"{word(plain)}EventBridgeRule"] = {"Type": EVENT_RULE, "Properties": properties}
    return found | permission(f"{owner.name}EventBridgeLambdaPermission{number}", owner.target, SENDER)


def schedule(said: Any, owner: Function, provider: Mapping[str, Any]) -> Resources:  # noqa: ANN401
    """The rules of a `schedule` event, or the schedules of EventBridge Scheduler."""
    details = mapping(said)
    rates = details.get("rate") if details else said
    found: Resources = {}
    for rate in rates if isinstance(rates, list) else [rates]:
        number = owner.number("schedule")
        rule = _rule({**details, "schedule": rate}, owner, f"{owner.key}Schedule")
        if details.get("method") == "scheduler":
            role = details.get("roleArn") or role_of(owner.said.get("role") or own_role(provider))
            given = {"Input": rule["Targets"][0]["Input"]} if details.get("input") else {}
            properties = {
                "ScheduleExpression": rate,
                "State": rule["State"],
                "Target": {"Arn": owner.target, "RoleArn": role, **given},
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Name": details.get("name"),
            }
            found[f"{owner.name}SchedulerSchedule{number}"] = {"Type": SCHEDULE, "Properties": properties}
            continue
        name = f"EventsRuleSchedule{number}"
        found[f"{owner.name}{name}"] = {"Type": EVENT_RULE, "Properties": rule}
        found |= permission(f"{owner.name}LambdaPermission{name}", owner.target, SENDER)
    return found


def cloudwatch_event(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    """The rule of a `cloudwatchEvent`."""
    name = f"EventsRuleCloudWatchEvent{owner.number('cloudwatchEvent')}"
    rule = _rule(mapping(said), owner, f"{owner.key}CloudWatchEvent")
    return {
        f"{owner.name}{name}": {"Type": EVENT_RULE, "Properties": rule},
        **permission(f"{owner.name}LambdaPermission{name}", owner.target, SENDER),
    }


def _rule(details: Mapping[str, Any], owner: Function, id_: str) -> Resources:
    target: Resources = {"Arn": owner.target, "Id": id_, **_given(details)}
    if details.get("deadLetterQueueArn"):
        target["DeadLetterConfig"] = {"Arn": details["deadLetterQueueArn"]}
    retries = mapping(details.get("retryPolicy"))
    names = {"maximumRetryAttempts": "MaximumRetryAttempts", "maximumEventAge": "MaximumEventAgeInSeconds"}
    if retries:
        target["RetryPolicy"] = {name: number(retries[key]) for key, name in names.items() if key in retries}
    properties: Resources = {
        "State": "DISABLED" if truth(details.get("enabled")) is False else "ENABLED",
        "Targets": [target],
    }
    pattern = details.get("pattern") or details.get("event")
    properties |= {"EventPattern": pattern} if pattern else {}
    properties |= {"ScheduleExpression": details["schedule"]} if details.get("schedule") else {}
    return properties | ({"Name": details["name"]} if details.get("name") else {})


def _given(details: Mapping[str, Any]) -> Resources:
    """What the function is given in place of the event."""
    said, path, transformer = (details.get(key) for key in ("input", "inputPath", "inputTransformer"))
    if said:
        text = (
            said if isinstance(said, str) else json.dumps(said, separators=(",", ":"), default=str, ensure_ascii=False)
        )
        return {"Input": text}
    if path:
        return {"InputPath": path}
    return (
        {"InputTransformer": {large(k): v for k, v in transformer.items()}} if isinstance(transformer, Mapping) else {}
    )
