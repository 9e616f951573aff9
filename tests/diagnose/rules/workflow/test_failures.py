"""Rule workflow-failures."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.workflow.failures import RULE
from tests.diagnose.builders import clear, declared, found, metric, observed, undecided
from tests.diagnose.machines import ARN, machine

FLOW = machine()
STARTED = metric("AWS/States", "ExecutionsStarted", 50, StateMachineArn=ARN)


def test_found_when_executions_fail() -> None:
    """Aborted ones count, too."""
    failed = [metric("AWS/States", f"Executions{how}", 2, StateMachineArn=ARN) for how in ("Failed", "Aborted")]
    finding = found(RULE.check(FLOW, observed(FLOW, metrics=[STARTED, *failed])))
    assert finding.title == "flow fails: 4 of 50 executions (8 %)"


def test_clear_when_none_fails() -> None:
    """All succeeded."""
    assert clear(RULE.check(FLOW, observed(FLOW, metrics=[STARTED]))) == "none in 50 started executions"


def test_no_data_when_none_started() -> None:
    """Nothing started, or a template."""
    assert undecided(RULE.check(FLOW, observed(FLOW))).startswith("no started execution at all")
    assert undecided(RULE.check(FLOW, declared(FLOW))) == "a template shows no metrics"
