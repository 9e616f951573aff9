"""How long a deployed log group keeps its events: its class, its own retention, the account's policy."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.changes.functions import LiveFunctions
from shopfast_obs.cloud.readers.declared import Declared
from shopfast_obs.cloud.readers.functions import log_groups
from shopfast_obs.cloud.readers.retention import completed
from shopfast_obs.instrument.infrastructure import deployed_functions
from shopfast_obs.model.resources import LOG_POLICY

NAME = "/aws/lambda/web"
CONFIGURATION = {"FunctionName": "web", "Runtime": "python3.13", "Handler": "app.handler", "FunctionArn": "arn:web"}
POLICY = {"policyName": "kept", "policyType": "RETENTION_POLICY", "policyDocument": "{}", "accountId": "1"}

RUNTIME_LAYER = "arn:aws:lambda:eu-west-1:1:layer:ShopfastObsRuntime:1"


class Logs:
    """An account whose only log group is as it is told, with two pages of policies."""

    def __init__(self, *, refuses: bool = False, **group: Any) -> None:
        self._group, self._refuses = {"logGroupName": NAME, **group}, refuses
        self.asked: list[dict[str, Any]] = []

    def get_paginator(self, _: str) -> Logs:
        """Of DescribeLogGroups."""
        return self

    def paginate(self) -> Any:
        """One page."""
        yield {"logGroups": [self._group]}

    def describe_log_groups(self, **_: Any) -> dict[str, Any]:
        """The same without pages."""
        return {"logGroups": [self._group]}

    def describe_account_policies(self, **asked: Any) -> dict[str, Any]:
        """A policy a page."""
        self.asked.append(asked)
        if self._refuses:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeAccountPolicies")
        more = {} if "nextToken" in asked else {"nextToken": "t"}
        return {"accountPolicies": [POLICY | {"policyName": f"p{len(self.asked)}"}], **more}

    def get_function_configuration(self, **_: Any) -> dict[str, Any]:
        """The function that writes into the group."""
        return CONFIGURATION


def test_the_class_and_the_policy_of_a_group_are_read() -> None:
    """By CloudFormation's name; the policy's under one of ours, because CloudFormation has none."""
    calls = Calls(lambda _: Logs(retentionInDays=90, logGroupClass="STANDARD", retentionPolicyName="kept"))
    (group,) = log_groups(calls, Declared())
    assert {name: group.properties.get(name) for name in ("RetentionInDays", "LogGroupClass", "AccountPolicy")} == {
        "RetentionInDays": 90,
        "LogGroupClass": "STANDARD",
        "AccountPolicy": "kept",
    }


@pytest.mark.parametrize(
    ("group", "asked"),
    [({}, 2), ({"retentionInDays": 30}, 0), ({"logGroupClass": "DELIVERY"}, 0), ({"retentionPolicyName": "kept"}, 0)],
)
def test_policies_are_asked_for_where_a_group_keeps_its_events_for_ever(group: dict[str, Any], asked: int) -> None:
    """DescribeLogGroups gives the days in force, so they tell nothing of others."""
    logs = Logs(**group)
    calls = Calls(lambda _: logs)
    found, gap = completed(calls, log_groups(calls, Declared()))
    assert (len(logs.asked), gap) == (asked, None)
    assert [one.name for one in found if one.type == LOG_POLICY] == [f"p{n + 1}" for n in range(asked)]


def test_refused_policies_are_a_gap() -> None:
    """The log groups stay."""
    calls = Calls(lambda _: Logs(refuses=True))
    found, gap = completed(calls, log_groups(calls, Declared()))
    assert [one.name for one in found] == [NAME]
    assert gap is not None
    assert "logs:DescribeAccountPolicies was refused" in gap.reason


def test_a_delivery_group_gets_no_retention_from_instrument() -> None:
    """PutRetentionPolicy would be refused, and the change with it."""
    for group, days in (({"logGroupClass": "DELIVERY"}, 1), ({}, 30)):
        account = Logs(**group)
        functions = LiveFunctions(lambda _, account=account: account, deployed_functions.image, Exception)  # type: ignore[misc]
        settings, _ = functions.read("web")
        layers = deployed_functions.layers(
            "eu-west-1", {"runtime": "arn:aws:lambda:eu-west-1:1:layer:ShopfastObsRuntime:1"}
        )
        (change,) = deployed_functions.plan([(CONFIGURATION, settings["RetentionInDays"])], layers, "aws").live
        assert change.after["RetentionInDays"] == days
