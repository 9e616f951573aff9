"""Rule alarm-notifies-nobody."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.alarms.notifies_nobody import RULE
from shopfast_obs.model.resources import ALARM, Resource
from shopfast_obs.parse.templates.template import inventory
from tests.diagnose.builders import clear, declared, found


def one(**properties: object) -> Resource:
    """An alarm."""
    return Resource(ALARM, "web-errors", properties=properties)


def test_found_without_an_action() -> None:
    """It turns red for itself."""
    assert "web-errors has no action" in found(RULE.check(one(), declared(one()))).title


def test_clear_with_one() -> None:
    """A topic."""
    assert clear(RULE.check(one(AlarmActions=["arn:aws:sns:x:1:t"]), declared())).startswith("AlarmActions is")


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("AWS::CloudWatch::CompositeAlarm", {"AlarmRule": {"Fn::Sub": 'ALARM("${A}") AND OK("other")'}}),
        ("AWS::CloudWatch::CompositeAlarm", {"AlarmRule": 'ALARM("the errors")'}),
        ("AWS::Route53::HealthCheck", {"HealthCheckConfig": {"AlarmIdentifier": {"Name": {"Ref": "A"}}}}),
        ("AWS::CodeDeploy::DeploymentGroup", {"AlarmConfiguration": {"Alarms": [{"Name": {"Ref": "A"}}]}}),
    ],
)
def test_clear_when_something_else_reads_it(type_: str, properties: dict[str, object]) -> None:
    """The composite alarm wakes somebody, the health check fails over, the deployment rolls back."""
    alarm = {"Type": ALARM, "Properties": {"AlarmName": "the errors"} if "the errors" in str(properties) else {}}
    context = Context(inventory({"Resources": {"A": alarm, "R": {"Type": type_, "Properties": properties}}}, "t", "s"))
    assert clear(RULE.check(next(context.inventory.of_type(ALARM)), context)) == "R reads it"


def test_found_when_another_alarm_is_read() -> None:
    """A composite alarm of others does not speak for this one."""
    composite = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": 'ALARM("other")'}}
    context = Context(inventory({"Resources": {"A": {"Type": ALARM}, "R": composite}}, "t", "s"))
    found(RULE.check(next(context.inventory.of_type(ALARM)), context))
