"""Rule alarm-dead."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.alarms.never_has_data import RULE
from shopfast_obs.model.resources import ALARM, EVENT_RULE, Resource
from tests.diagnose.builders import alarm, clear, declared, found, function, observed, undecided


def one(namespace: str, name: str, **dimensions: str) -> Resource:
    """An alarm on one metric."""
    listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return Resource(ALARM, "a", properties={"Namespace": namespace, "MetricName": name, "Dimensions": listed})


WEB = function()


@pytest.mark.parametrize(
    ("dead", "why"),
    [
        (one("AWS/DynamoDB", "UserErrors", TableName="orders"), "UserErrors is not published by TableName"),
        (one("AWS/DynamoDB", "ReadThrottleEvents", GlobalSecondaryIndex="i"), "not published by GlobalSecondaryIndex"),
        (
            one("AWS/Events", "FailedInvocations", RuleName="start"),
            "publish FailedInvocations by EventBusName and RuleName",
        ),
        (
            one("AWS/Lambda", "Errors", FunctionName="web", Stage="prod"),
            "Errors is not published by FunctionName, Stage",
        ),
        (one("AWS/SQS", "NumberOfMessagesSent"), "not published by no dimension"),
        (one("AWS/Lambda", "Errors", FunctionName="wbe"), "there is no FunctionName wbe"),
    ],
)
def test_found_when_nothing_publishes_what_it_reads(dead: Resource, why: str) -> None:
    """The dimensions are wrong, or the name."""
    rule = Resource(EVENT_RULE, "start", properties={"EventBusName": "bus"})
    assert why in found(RULE.check(dead, declared(dead, rule, WEB))).title


def test_clear_when_the_service_publishes_it() -> None:
    """With the alarm's state, where there is one."""
    fine = one("AWS/Lambda", "Errors", FunctionName="web")
    assert clear(RULE.check(fine, declared(fine, WEB))) == "its service publishes what it reads"
    assert clear(RULE.check(fine, observed(fine, WEB, alarms=[alarm("a")]))).endswith("it is OK")


def test_no_data_when_it_cannot_be_told() -> None:
    """A composite of something else."""
    empty = Resource(ALARM, "a")
    assert undecided(RULE.check(empty, declared(empty))) == "what it reads cannot be told"
