"""Rule workflow-task-no-retry."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.workflow.task_no_retry import RULE
from tests.diagnose.builders import clear, declared, found, undecided
from tests.diagnose.machines import UNREADABLE, machine, task


def test_found_when_a_function_call_has_no_retry() -> None:
    """Other tasks are not meant."""
    flow = machine({"A": task(), "B": task(Retry=[{"ErrorEquals": ["States.ALL"]}])})
    assert "1 of 2 function calls have no Retry (A)" in found(RULE.check(flow, declared(flow))).title


def test_clear_when_each_retries() -> None:
    """Or none calls a function."""
    flow = machine({"A": task(Retry=[{"ErrorEquals": ["States.ALL"]}])})
    assert clear(RULE.check(flow, declared(flow))) == "each of 1 task retries"
    other = machine({"A": task(Resource="arn:aws:states:::sns:publish")})
    assert clear(RULE.check(other, declared(other))) == "no task invokes a function"


def test_no_data_when_the_definition_is_elsewhere() -> None:
    """In S3."""
    assert undecided(RULE.check(UNREADABLE, declared(UNREADABLE))) == "its definition cannot be read"
