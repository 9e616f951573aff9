"""Rule workflow-never-ends."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.workflow.never_ends import RULE
from tests.diagnose.builders import clear, found, metric, observed
from tests.diagnose.machines import ARN, machine

FLOW = machine({"A": {"Type": "Wait", "Timestamp": "2099-01-01T00:00:00Z", "End": True}})


def counted(name: str, value: float):
    """A metric of the machine."""
    return metric("AWS/States", name, value, StateMachineArn=ARN)


def test_found_when_executions_start_and_do_not_end() -> None:
    """With the state that waits for a point in time."""
    context = observed(FLOW, metrics=[counted("ExecutionsStarted", 20), counted("ExecutionsSucceeded", 2)])
    finding = found(RULE.check(FLOW, context))
    assert "18 of 20 started executions still run" in finding.title
    assert "A wait for a point in time" in finding.evidence[1].summary


def test_clear_when_they_end_whatever_way() -> None:
    """A failure is an end, too."""
    ends = [counted("ExecutionsSucceeded", 12), counted("ExecutionsFailed", 8)]
    context = observed(FLOW, metrics=[counted("ExecutionsStarted", 20), *ends])
    assert clear(RULE.check(FLOW, context)) == "20 executions came to an end"
