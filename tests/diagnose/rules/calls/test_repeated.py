"""Rule calls-repeated."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.calls.repeated import RULE
from tests.diagnose.builders import aws_call, calling, clear, declared, found, function, observed, undecided

WEB = function(TracingConfig={"Mode": "Active"})


def test_found_when_one_thing_is_asked_again() -> None:
    """Three times, not in a row."""
    calls = [aws_call("DynamoDB", "GetItem", n / 10, 0.5, "stock") for n in range(3)]
    finding = found(RULE.check(WEB, observed(WEB, traces=[calling("web", *calls)])))
    assert "web asks DynamoDB GetItem stock 3 times" in finding.title
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


def test_clear_for_the_pages_of_a_scan() -> None:
    """The scan itself is another rule's."""
    pages = [aws_call("DynamoDB", "Scan", n / 10, 0.5, "products") for n in range(3)]
    assert clear(RULE.check(WEB, observed(WEB, traces=[calling("web", *pages)]))) == "not in 1 trace"
