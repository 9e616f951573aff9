"""Rule lambda-role-blind."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.functions.telemetry_rights_missing import BASIC, RULE, XRAY
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import Resource
from tests.diagnose.builders import clear, declared, found, function, observed, undecided

WEB = function(Role={"Fn::GetAtt": ["Role", "Arn"]})
TRACED = function(Role={"Fn::GetAtt": ["Role", "Arn"]}, TracingConfig={"Mode": "Active"})
DEAF = {"PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}}
LOGS = {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": ["logs:Create*", "logs:PutLogEvents"]}]}}


def role(**properties: object) -> Resource:
    """The functions' role."""
    return Resource("AWS::IAM::Role", "role", "Role", "app", properties=properties)


def test_found_when_no_policy_lets_it_write_its_log() -> None:
    """The function is named, and what to add."""
    deaf = role(Policies=[DEAF])
    finding = found(RULE.check(deaf, declared(WEB, deaf)))
    assert finding.title == "role does not let web write its log"
    assert finding.severity is Severity.MEDIUM and finding.remedy.summary == f"ManagedPolicyArns: {BASIC}."
    both = found(RULE.check(deaf, declared(TRACED, deaf)))
    assert both.title.endswith("its log and its traces") and XRAY in both.remedy.summary


def test_a_traced_function_must_be_let_send_its_traces() -> None:
    """Its log alone is of low severity."""
    logs = role(Policies=[LOGS])
    assert clear(RULE.check(logs, declared(WEB, logs))) == "it may write logs"
    finding = found(RULE.check(logs, declared(TRACED, logs)))
    assert (finding.severity, finding.title) == (Severity.LOW, "role does not let web write its traces")
    fine = role(ManagedPolicyArns=[BASIC, {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AWSXrayWriteOnlyAccess"}])
    assert clear(RULE.check(fine, declared(TRACED, fine))) == "it may write logs and traces"


@pytest.mark.parametrize("type_", ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"])
def test_clear_by_policies_beside_the_role(type_: str) -> None:
    """Attached from their side, or named by the role."""
    bare = role()
    policy = Resource(type_, "p", "P", "app", properties={**LOGS, "Roles": [{"Ref": "Role"}]})
    assert found(RULE.check(bare, declared(WEB, bare)))
    assert clear(RULE.check(bare, declared(WEB, bare, policy))) == "it may write logs"
    naming = role(ManagedPolicyArns=[{"Ref": "Own"}])
    own = Resource("AWS::IAM::ManagedPolicy", "own", "Own", "app", properties=LOGS)
    assert clear(RULE.check(naming, declared(WEB, naming, own))) == "it may write logs"


@pytest.mark.parametrize(
    "properties",
    [
        {"ManagedPolicyArns": ["arn:aws:iam::123456789012:policy/ours"]},
        {"ManagedPolicyArns": {"Ref": "Policies"}},
        {"Policies": [{"Fn::If": ["Prod", LOGS, DEAF]}]},
        {"Policies": [{"PolicyDocument": {"Statement": [{"Effect": "Allow", "NotAction": "iam:*"}]}}]},
    ],
)
def test_no_data_when_a_policy_is_not_known(properties: dict[str, object]) -> None:
    """It may allow anything."""
    one = role(**properties)
    assert undecided(RULE.check(one, declared(WEB, one))) == "not all of its policies are known"


def test_no_data_in_an_account() -> None:
    """Policies may be attached from anywhere."""
    deaf = role(Policies=[DEAF])
    assert "not read" in undecided(RULE.check(deaf, observed(WEB, deaf)))
    assert clear(RULE.check(deaf, declared(deaf))) == "it is no function's role"
