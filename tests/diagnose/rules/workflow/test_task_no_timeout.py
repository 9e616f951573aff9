"""Rule workflow-task-no-timeout."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.workflow.task_no_timeout import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import Resource
from tests.diagnose.builders import clear, declared, found
from tests.diagnose.machines import LAMBDA, machine, task

JOB = "arn:aws:states:::ecs:runTask.sync"


def test_found_when_neither_task_nor_execution_has_one() -> None:
    """Jobs inside of Map and Parallel count; waiting for a token is graver."""
    inner = {"Type": "Map", "ItemProcessor": {"States": {"B": task(Resource=JOB)}}}
    flow = machine({"A": inner, "C": task(Resource=JOB, TimeoutSeconds=5)})
    assert "no timeout for 1 of 2 waiting tasks (B)" in found(RULE.check(flow, declared(flow))).title
    waiting = machine({"A": task(Resource="arn:aws:states:::sqs:sendMessage.waitForTaskToken")})
    assert found(RULE.check(waiting, declared(waiting))).severity is Severity.HIGH


def test_clear_with_a_bound_on_task_or_execution() -> None:
    """Either ends it."""
    bounded = machine({"A": task(Resource=JOB, HeartbeatSeconds=5)})
    assert clear(RULE.check(bounded, declared(bounded))) == "every waiting task has a timeout"
    whole = machine({"A": task(Resource=JOB)}, whole={"TimeoutSeconds": 600})
    assert clear(RULE.check(whole, declared(whole))) == "the whole execution ends after 600 s"


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::dynamodb:putItem",
        "arn:${AWS::Partition}:states:::events:putEvents",
        "arn:aws:states:::apigateway:invoke",
        "arn:aws:states:::aws-sdk:s3:getObject",
        "arn:aws:states:::lambda:invoke",
        "arn:aws:states:::states:startExecution",
        "arn:aws:states:::codebuild:startBuild.sync",
        LAMBDA,
    ],
)
def test_clear_when_what_it_calls_ends_by_itself(resource: str) -> None:
    """A request is answered, refused or times out."""
    flow = machine({"A": task(Resource=resource)})
    assert clear(RULE.check(flow, declared(flow))) == "every task ends by itself"


@pytest.mark.parametrize("resource", ["arn:aws:states:eu-west-1:1:activity:approve", "${Approve}", {"Ref": "Approve"}])
def test_found_for_an_activity_however_it_is_named(resource: object) -> None:
    """By its ARN, by a substitution of the definition, by a reference."""
    activity = Resource("AWS::StepFunctions::Activity", "Approve", "Approve")
    flow = machine({"A": task(Resource=resource)}, DefinitionSubstitutions={"Approve": {"Ref": "Approve"}})
    assert found(RULE.check(flow, declared(flow, activity))).severity is Severity.HIGH
