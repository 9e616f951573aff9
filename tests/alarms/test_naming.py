"""Alarms name what they watch by a physical name or a reference, never by a logical id as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shopfast_obs.alarms.needed_alarms import derive
from shopfast_obs.model import resources as r
from shopfast_obs.model.resources import Inventory
from shopfast_obs.parse.templates.template import inventory

UNNAMED = {
    "Hello": {"Type": r.FUNCTION, "Properties": {"Timeout": 5}},
    "Notes": {"Type": r.TABLE},
    "Work": {"Type": r.QUEUE, "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": "Lost.Arn"}}}},
    "Lost": {"Type": r.QUEUE},
    "Flow": {"Type": r.STATE_MACHINE},
    "Bus": {"Type": r.EVENT_BUS, "Properties": {"Name": "events"}},
    "Own": {"Type": r.EVENT_RULE, "Properties": {"EventBusName": {"Ref": "Bus"}}},
    "Api": {"Type": r.REST_API, "Properties": {"Body": {"info": {"title": {"Ref": "AWS::StackName"}}}}},
}


def declared(resources: dict[str, Any], stack: str = "shop", paths: dict[str, str] | None = None) -> Inventory:
    """What a template with these resources declares."""
    return inventory({"Resources": resources}, "t", stack, {"AWS::StackName": "${AWS::StackName@shop}"}, paths)


def values(inventory_: Inventory) -> dict[str, Any]:
    """The values of the dimensions of all alarms, by the alarm's resource."""
    found = {}
    for alarm in derive(inventory_).alarms:
        for item in _dimensions(alarm.properties):
            found[f"{alarm.resource} {item['Name']}"] = item["Value"]
    return found


def _dimensions(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (item for one in value for item in _dimensions(one))
    elif isinstance(value, dict):
        yield from value.get("Dimensions", ())
        yield from (item for one in value.values() for item in _dimensions(one))


def test_what_has_no_name_is_referred_to() -> None:
    """By the attribute that gives the name: `Ref` of a queue is its URL, of a rule on a custom bus `bus|rule`."""
    assert values(declared(UNNAMED)) == {
        "Hello FunctionName": {"Ref": "Hello@shop"},
        "Notes TableName": {"Ref": "Notes@shop"},
        "Lost QueueName": {"Fn::GetAtt": ["Lost@shop", "QueueName"]},
        "Flow StateMachineArn": {"Ref": "Flow@shop"},
        "Own EventBusName": "events",
        "Own RuleName": {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": ["Own@shop", "Arn"]}]}]},
        "shop ApiName": {"Fn::Sub": "${AWS::StackName@shop}"},
    }


def test_a_physical_name_is_text() -> None:
    """A reader of the overlay sees what is watched; a name with a part that only the deployment knows is no text."""
    named = {
        "F": {"Type": r.FUNCTION, "Properties": {"FunctionName": "orders"}},
        "G": {"Type": r.FUNCTION, "Properties": {"FunctionName": {"Fn::Sub": "${AWS::StackName}-g"}}},
    }
    found = values(declared(named))
    assert found == {"orders FunctionName": "orders", "shop-g FunctionName": {"Ref": "G@shop"}}


def test_a_physical_name_that_reads_like_a_logical_id_is_another_resource() -> None:
    """A text is never the logical id that it equals."""
    both = {"Hello": {"Type": r.FUNCTION}, "X": {"Type": r.FUNCTION, "Properties": {"FunctionName": "Hello"}}}
    dimensions = [json.dumps(list(_dimensions(alarm.properties))) for alarm in derive(declared(both)).alarms]
    assert any('"Hello"' in said for said in dimensions)
    assert any('"Hello@shop"' in said for said in dimensions)


def test_alarms_are_called_after_the_construct() -> None:
    """`Notes/F`, made legal for a name; the logical id has a hash that nobody knows."""
    paths = {"FC4345940": "Notes/F/Resource"}
    found = derive(declared({"FC4345940": {"Type": r.FUNCTION}}, "Notes", paths))
    assert {alarm.resource for alarm in found.alarms} == {"Notes/F"}
    assert "Notes-F-error-rate" in {alarm.name for alarm in found.alarms}
    assert found.topic == "Notes-alarms"
    assert all("FC4345940" not in alarm.properties["AlarmDescription"] for alarm in found.alarms)


@pytest.mark.parametrize("body", [{}, {"BodyS3Location": {"Bucket": "b", "Key": "k"}}])
def test_an_api_whose_name_nobody_can_tell_needs_no_alarm(body: dict[str, Any]) -> None:
    """Its metrics go by its name, and no attribute gives it."""
    derived = derive(declared({"Api": {"Type": r.REST_API, "Properties": body}}))
    assert not derived.alarms
    assert "name" in derived.not_needed[0].reason
