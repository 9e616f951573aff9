"""Rule durable-timeouts."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.durable.timed_out import RULE
from tests.diagnose.builders import clear, found, function, metric, observed, undecided

WEB = function(DurableConfig={"ExecutionTimeout": 600})
PLAIN = function()
TRAFFIC = metric("AWS/Lambda", "DurableExecutionStarted", 100, FunctionName="web")


def test_found_when_executions_end_so() -> None:
    """Five of a hundred, and the command that lists them."""
    counted = [TRAFFIC, metric("AWS/Lambda", "DurableExecutionTimedOut", 5, FunctionName="web")]
    finding = found(RULE.check(WEB, observed(WEB, metrics=counted)))
    assert "5 of 100 durable executions" in finding.title
    assert "list-durable-executions-by-function --function-name web" in finding.remedy.command


def test_clear_without_one_or_for_another_function() -> None:
    """None in a hundred; a function that is not durable."""
    assert clear(RULE.check(WEB, observed(WEB, metrics=[TRAFFIC]))).startswith("none in 100")
    assert clear(RULE.check(PLAIN, observed(PLAIN))) == "it is no durable function"


def test_no_data_without_an_execution() -> None:
    """Nothing began."""
    assert undecided(RULE.check(WEB, observed(WEB))).startswith("no started execution at all")
