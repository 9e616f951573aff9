"""Rules about the calls that traces show."""

from __future__ import annotations

import pytest

from shopfast_obs.model.telemetry import Segment
from tests.diagnose.builders import aws_call, calling, clear, declared, found, function, observed, rule, undecided

WEB, BLIND = function(TracingConfig={"Mode": "Active"}), function()


def reads(operation: str, count: int, seconds: float, table: str) -> list[Segment]:
    """One call again and again."""
    return [aws_call("DynamoDB", operation, n / 10, n / 10 + seconds, table) for n in range(count)]


# By rule: the calls of a trace, and what the title has of them.
CASES = [
    (
        "calls-in-a-row",
        [aws_call(name, "Get", n / 2, n / 2 + 0.4) for n, name in enumerate(("S3", "SQS", "SSM"))],
        "could run together",
    ),
    ("calls-one-by-one", reads("GetItem", 6, 0.08, "stock"), "web makes 6 calls of DynamoDB GetItem stock"),
    ("calls-repeated", reads("GetItem", 3, 0.5, "stock"), "web asks DynamoDB GetItem stock 3 times"),
    ("calls-retried", [aws_call("DynamoDB", "GetItem", 0.0, 0.4, "orders", retries=3)], "only after retries"),
    ("calls-slow", reads("Scan", 1, 1.5, "products"), "web waits 1.50 s for DynamoDB Scan products"),
]
RULES = {case[0] for case in CASES}


@pytest.mark.parametrize(("id_", "calls", "title"), CASES)
def test_found_clear_and_no_data(id_: str, calls: list[Segment], title: str) -> None:
    """One quick call has nothing of it; no trace is no data."""
    finding = found(rule(id_).check(WEB, observed(WEB, traces=[calling("web", *calls)])))
    assert title in finding.title
    assert finding.evidence[0].traces == ("1-00000000-000000000000000000000001",)
    quick = calling("web", *reads("GetItem", 1, 0.05, "orders"))
    assert clear(rule(id_).check(WEB, observed(WEB, traces=[quick]))) == "no such calls in 1 trace"
    assert undecided(rule(id_).check(BLIND, observed(BLIND))) == "it is not traced"
    assert undecided(rule(id_).check(WEB, observed(WEB))).startswith("no trace of it was sampled")
    assert undecided(rule(id_).check(WEB, declared(WEB))) == "a template shows no traces"


def test_clear_for_the_pages_of_a_scan() -> None:
    """They are one question."""
    pages = calling("web", *reads("Scan", 3, 0.5, "products"))
    assert clear(rule("calls-repeated").check(WEB, observed(WEB, traces=[pages]))) == "no such calls in 1 trace"
