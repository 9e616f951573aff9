"""Rule lambda-calls-throttled."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.throttled_call import RULE
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
LINE = refused("ProvisionedThroughputExceededException", "Scan", "exceeded")


def test_found_when_the_log_names_it() -> None:
    """With the share of the invocations, and the culprit."""
    log = written(WEB, speaking(finished(1), LINE), finished(2))
    finding = found(RULE.check(WEB, observed(WEB, logs=log)))
    assert finding.severity is Severity.HIGH
    assert "ProvisionedThroughputExceededException" in finding.title
    assert finding.harm == 1


def test_clear_when_no_line_has_it() -> None:
    """Other errors are other rules'."""
    log = written(WEB, speaking(finished(1), "[ERROR] KeyError: 'id'\n"))
    assert clear(RULE.check(WEB, observed(WEB, logs=log))) == "no such line in 1 invocation"


def test_no_data_without_a_log() -> None:
    """Nothing was written, or a template."""
    assert undecided(RULE.check(WEB, observed(WEB))).startswith("its log has no line")
    assert undecided(RULE.check(WEB, declared(WEB))) == "a template shows no logs"
