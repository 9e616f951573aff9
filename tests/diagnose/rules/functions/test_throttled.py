"""Rule lambda-throttled."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.throttled import RULE
from tests.diagnose.builders import clear, declared, found, function, metric, observed, undecided


def test_found_when_calls_are_refused() -> None:
    """The share is of all calls, refused ones included."""
    web = function(ReservedConcurrentExecutions=1)
    counted = [
        metric("AWS/Lambda", "Throttles", 25, FunctionName="web"),
        metric("AWS/Lambda", "Invocations", 75, FunctionName="web"),
    ]
    finding = found(RULE.check(web, observed(web, metrics=counted)))
    assert "25 % of its calls are refused (25 of 100)" in finding.title
    assert "reserved concurrency 1" in finding.evidence[0].summary


def test_clear_when_it_ran_without_throttles() -> None:
    """Calls and no throttle."""
    web = function()
    counted = [metric("AWS/Lambda", "Invocations", 75, FunctionName="web")]
    assert clear(RULE.check(web, observed(web, metrics=counted))) == "none in 75 invocations"


def test_no_data_without_metrics() -> None:
    """No call at all, or a template."""
    web = function()
    assert undecided(RULE.check(web, observed(web))).startswith("no invocation at all")
    assert undecided(RULE.check(web, declared(web))) == "a template shows no metrics"
