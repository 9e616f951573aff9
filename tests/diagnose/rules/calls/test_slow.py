"""Rule calls-slow."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.calls.slow import RULE
from tests.diagnose.builders import aws_call, calling, clear, declared, found, function, observed, undecided

WEB = function(TracingConfig={"Mode": "Active"})


def test_found_when_a_call_takes_long() -> None:
    """Over half a second."""
    calls = [aws_call("DynamoDB", "Scan", 0.0, 1.5, "products")]
    finding = found(RULE.check(WEB, observed(WEB, traces=[calling("web", *calls)])))
    assert "web waits 1.50 s for DynamoDB Scan products" in finding.title
    assert finding.evidence[0].traces == ("1-00000000-000000000000000000000001",)


def test_clear_with_calls_that_have_nothing_of_it() -> None:
    """One quick call."""
    quick = calling("web", aws_call("DynamoDB", "GetItem", 0.0, 0.05, "orders"))
    assert clear(RULE.check(WEB, observed(WEB, traces=[quick]))) == "not in 1 trace"


def test_no_data_without_a_trace() -> None:
    """Not traced, nothing sampled, or a template."""
    blind = function()
    assert undecided(RULE.check(blind, observed(blind))) == "it is not traced"
    assert undecided(RULE.check(WEB, observed(WEB))).startswith("no trace of it was sampled")
    assert undecided(RULE.check(WEB, declared(WEB))) == "a template shows no traces"
