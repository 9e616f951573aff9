"""Rule workflow-cause-hidden."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.workflow.cause_hidden import RULE
from tests.diagnose.builders import clear, declared, found
from tests.diagnose.machines import machine, task

CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]


def test_found_when_every_error_becomes_one_sentence() -> None:
    """A catch-all before a fixed Cause."""
    flow = machine({"A": task(Catch=CATCH), "Failed": {"Type": "Fail", "Cause": "The order failed"}})
    assert "every error of 1 state becomes the same fixed text (A)" in found(RULE.check(flow, declared(flow))).title


def test_clear_when_the_cause_is_passed_on() -> None:
    """Or the catch names its error."""
    flow = machine({"A": task(Catch=CATCH), "Failed": {"Type": "Fail", "CausePath": "$.error.Cause"}})
    assert clear(RULE.check(flow, declared(flow))).startswith("no Fail state")
