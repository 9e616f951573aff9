"""Rule workflow-task-no-timeout."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.workflow.task_no_timeout import RULE
from shopfast_obs.model.findings import Severity
from tests.diagnose.builders import clear, declared, found, undecided
from tests.diagnose.machines import UNREADABLE, machine, task


def test_found_when_neither_task_nor_execution_has_one() -> None:
    """Tasks inside of Map and Parallel count; waiting for a token is graver."""
    inner = {"Type": "Map", "ItemProcessor": {"States": {"B": task()}}}
    flow = machine({"A": inner, "C": task(TimeoutSeconds=5)})
    assert "1 of 2 tasks have no timeout (B)" in found(RULE.check(flow, declared(flow))).title
    waiting = machine({"A": task(Resource="arn:aws:states:::sqs:sendMessage.waitForTaskToken")})
    assert found(RULE.check(waiting, declared(waiting))).severity is Severity.HIGH


def test_clear_with_a_bound_on_task_or_execution() -> None:
    """Either ends it."""
    bounded = machine({"A": task(HeartbeatSeconds=5)})
    assert clear(RULE.check(bounded, declared(bounded))) == "each of 1 task has a timeout"
    whole = machine(whole={"TimeoutSeconds": 600})
    assert clear(RULE.check(whole, declared(whole))) == "the whole execution ends after 600 s"


def test_no_data_when_the_definition_is_elsewhere() -> None:
    """In S3."""
    assert undecided(RULE.check(UNREADABLE, declared(UNREADABLE))) == "its definition cannot be read"
