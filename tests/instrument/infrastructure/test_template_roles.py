"""Roles of a template whose functions begin to send traces."""

import json
from typing import Any

import pytest

from shopfast_obs.instrument.infrastructure.permissions import DOCUMENT
from shopfast_obs.instrument.infrastructure.template_roles import permit
from shopfast_obs.parse.templates.yaml_tags import read

ROLE = """\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      # what it may
      AssumeRolePolicyDocument: {}
"""
LOGS = """\
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
"""
ARN = {"Fn::GetAtt": ["Role", "Arn"]}


def document(text: str) -> Any:
    """The template as CloudFormation has it."""
    return read(text)[0]


def attached(text: str) -> Any:
    """What becomes of the policies of the role."""
    found = permit(text, document(text), {"Fn": ARN})
    return document(found.text)["Resources"]["Role"]["Properties"].get("ManagedPolicyArns")


@pytest.mark.parametrize("said", [ARN, {"Fn::GetAtt": "Role.Arn"}, {"Fn::Sub": "${Role.Arn}"}])
def test_a_role_gets_the_policy(said: Any) -> None:
    """Once for two functions, whatever refers to it; every comment stays."""
    text = ROLE + LOGS
    found = permit(text, document(text), {"A": said, "B": said})
    assert found.roles == {"Role"}
    assert not found.left
    assert found.text.startswith(text)
    assert found.text.count("AWSXRayDaemonWriteAccess") == 1
    assert permit(found.text, document(found.text), {"A": said}).text == found.text


def test_a_role_without_managed_policies_gets_the_list() -> None:
    """Beside what it has."""
    assert attached(ROLE) == [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AWSXRayDaemonWriteAccess"}]


@pytest.mark.parametrize(
    "more",
    [
        "      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess']\n",
        f"      Policies: [{{PolicyName: traces, PolicyDocument: {json.dumps(DOCUMENT)}}}]\n",
        f"  Beside:\n    Type: AWS::IAM::Policy\n    Properties:\n      Roles: [!Ref Role]\n"
        f"      PolicyDocument: {json.dumps(DOCUMENT)}\n",
    ],
)
def test_a_role_that_may_send_stays_as_it_is(more: str) -> None:
    """By a policy of AWS, one of its own, or one beside it."""
    text = ROLE + more
    assert permit(text, document(text), {"Fn": ARN}).text == text


@pytest.mark.parametrize("said", ["arn:aws:iam::123456789012:role/x", {"Fn::GetAtt": ["Other", "Arn"]}, {"Ref": "P"}])
def test_a_role_from_elsewhere_is_named(said: Any) -> None:
    """With what it has to be allowed."""
    found = permit(ROLE, document(ROLE), {"Fn": said})
    assert found.text == ROLE
    assert "Fn has a role that this template does not make: let it do xray:PutTraceSegments" in found.left[0]


def test_a_list_that_cannot_be_edited_is_named() -> None:
    """What an intrinsic comes to is decided elsewhere."""
    text = f"{ROLE}      ManagedPolicyArns: !Ref Policies\n"
    found = permit(text, document(text), {"Fn": ARN})
    assert (found.text, found.roles) == (text, frozenset())
    assert "Role was left alone" in found.left[0]
