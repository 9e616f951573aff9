"""Rule lambda-access-denied."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.access_denied import RULE
from shopfast_obs.model.findings import Severity
from tests.diagnose.builders import (
    clear,
    declared,
    finished,
    found,
    function,
    observed,
    refused,
    speaking,
    undecided,
    written,
)

WEB = function()
LINE = refused("AccessDeniedException", "Query", "User: web is not authorized to perform: dynamodb:Query")


def test_found_when_the_log_names_it() -> None:
    """With the share of the invocations, and the culprit."""
    log = written(WEB, speaking(finished(1), LINE), finished(2))
    finding = found(RULE.check(WEB, observed(WEB, logs=log)))
    assert finding.severity is Severity.HIGH
    assert "(50 % of its invocations): " in finding.title
    assert finding.harm == 1


def test_what_is_logged_and_raised_is_one_call() -> None:
    """Two lines of one invocation, beside one that succeeds."""
    log = written(WEB, speaking(finished(1), LINE, LINE), finished(2))
    finding = found(RULE.check(WEB, observed(WEB, logs=log)))
    assert "1 times (50 % of its invocations)" in finding.title


def test_clear_when_no_line_has_it() -> None:
    """Other errors are other rules'."""
    log = written(WEB, speaking(finished(1), "[ERROR] KeyError: 'id'\n"))
    assert clear(RULE.check(WEB, observed(WEB, logs=log))) == "no such line in 1 invocation"


def test_no_data_without_a_log() -> None:
    """Nothing was written, or a template."""
    assert undecided(RULE.check(WEB, observed(WEB))).startswith("its log has no line")
    assert undecided(RULE.check(WEB, declared(WEB))) == "a template shows no logs"
