"""Rule lambda-role-wildcard."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.diagnose.rules.functions.role_wildcard import RULE
from shopfast_obs.model.resources import Resource
from tests.diagnose.builders import clear, declared, found, function, observed, undecided

WEB = function("web", Role="arn:aws:iam::1:role/app")


def allowing(action: Any) -> dict[str, Any]:
    """A policy."""
    return {"PolicyName": "p", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}}


def role(**properties: Any) -> Resource:
    """The function's role."""
    return Resource("AWS::IAM::Role", "app", "App", "app", properties=properties)


@pytest.mark.parametrize("action", ["*", ["s3:GetObject", "dynamodb:*"]])
def test_found_when_all_actions_are_allowed(action: Any) -> None:
    """Of everything, or of one service."""
    wide = role(Policies=[allowing(action)])
    assert "allows web the actions " in found(RULE.check(wide, declared(WEB, wide))).title


def test_found_when_a_policy_beside_it_allows_them() -> None:
    """As the CDK writes it."""
    bare = role(RoleName="app")
    policy = Resource("AWS::IAM::Policy", "P", "P", "app", properties={**allowing("*"), "Roles": ["app"]})
    assert found(RULE.check(bare, declared(WEB, bare, policy)))


def test_clear_when_actions_are_named_or_no_function_has_the_role() -> None:
    """A pattern within a service is a choice."""
    narrow = role(Policies=[allowing(["dynamodb:Get*"]), {"PolicyDocument": "odd"}, "odd"])
    assert clear(RULE.check(narrow, declared(WEB, narrow))) == "its policies name their actions"
    wide = role(Policies=[allowing("*")])
    assert clear(RULE.check(wide, declared(wide))) == "it is no function's role"


def test_no_data_when_no_template_tells_its_policies() -> None:
    """A role that is deployed and not declared."""
    unseen = role()
    assert "no template tells" in undecided(RULE.check(unseen, observed(WEB, unseen)))
