"""Rule durable-limits."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.durable.near_limits import RULE
from tests.diagnose.builders import clear, found, function, metric, observed

WEB = function(DurableConfig={"ExecutionTimeout": 600})
OPERATIONS = metric("AWS/Lambda", "DurableExecutionOperations", 300, "Maximum", FunctionName="web")


def test_found_by_the_nearer_limit() -> None:
    """90 MB are nearer to theirs than 300 operations."""
    written = metric("AWS/Lambda", "DurableExecutionStorageWrittenBytes", 90 << 20, "Maximum", FunctionName="web")
    finding = found(RULE.check(WEB, observed(WEB, metrics=[OPERATIONS, written])))
    assert "94,371,840 of 104,857,600 bytes (90 %)" in finding.title


def test_clear_far_from_both_and_for_another_function() -> None:
    """A tenth of the operations."""
    assert clear(RULE.check(WEB, observed(WEB, metrics=[OPERATIONS]))).endswith("at 10 % of a limit")
    plain = function()
    assert clear(RULE.check(plain, observed(plain))) == "it is no durable function"
