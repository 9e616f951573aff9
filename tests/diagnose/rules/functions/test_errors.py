"""Rule lambda-errors."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.errors import RULE
from shopfast_obs.model.findings import Severity
from tests.diagnose.builders import (
    clear,
    died,
    finished,
    found,
    function,
    killed,
    metric,
    observed,
    refused,
    request_id,
    written,
)

RAISED = (
    "[ERROR] KeyError: 'id'\nTraceback (most recent call last):\n"
    '  File "/var/task/app.py", line 3, in handler\n    return event["id"]\n'
)


def test_found_with_the_kinds_of_exceptions() -> None:
    """The share, and what was raised."""
    web = function()
    lines = [finished(1, status="error"), [RAISED], *(finished(n) for n in range(2, 5))]
    finding = found(RULE.check(web, observed(web, logs=written(web, *lines))))
    assert finding.title == "web fails in 25 % of its invocations (1 of 4): KeyError (1)"
    assert finding.severity is Severity.HIGH
    assert request_id(1) in finding.evidence[1].locator


def test_found_by_the_metric_where_the_report_names_no_error() -> None:
    """AWS/Lambda Errors counts what the text of REPORT may leave out; timeouts are not counted twice."""
    web = function()
    lines = [killed(1), *(finished(n) for n in range(2, 101))]
    counted = [metric("AWS/Lambda", "Errors", 3, FunctionName="web")]
    finding = found(RULE.check(web, observed(web, logs=written(web, *lines), metrics=counted)))
    assert finding.harm == 2
    assert finding.severity is Severity.MEDIUM


def test_an_exception_that_is_logged_and_raised_is_counted_once() -> None:
    """Two lines, one invocation."""
    web = function()
    logged = '{"level": "ERROR", "message": "no id", "exception_name": "KeyError", "exception": "KeyError: id"}\n'
    finding = found(RULE.check(web, observed(web, logs=written(web, [logged, RAISED, *finished(1, status="error")]))))
    assert finding.title.endswith("(1 of 1): KeyError (1)")


def test_clear_when_another_rule_names_the_cause_of_all() -> None:
    """A denied call needs no second finding; an error beside it does."""
    web = function()
    denied = refused("AccessDeniedException", "PutItem", "User is not authorized to perform: dynamodb:PutItem")
    lines = [denied, *finished(1, status="error")]
    assert "named by lambda-access-denied" in clear(RULE.check(web, observed(web, logs=written(web, lines))))
    both = written(web, lines, [RAISED, *finished(2, status="error")])
    assert found(RULE.check(web, observed(web, logs=both))).harm == 2


def test_clear_when_timeouts_and_lack_of_memory_explain_every_error() -> None:
    """Those have rules of their own."""
    web = function()
    counted = [metric("AWS/Lambda", "Errors", 2, FunctionName="web")]
    context = observed(web, logs=written(web, killed(1), died(2), finished(3)), metrics=counted)
    assert clear(RULE.check(web, context)) == "no error in 3 invocations"
