"""Rule lambda-timeout-kills."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.timeout_kills import RULE
from shopfast_obs.model.findings import Severity
from tests.diagnose.builders import (
    STREAM,
    clear,
    declared,
    finished,
    found,
    function,
    killed,
    observed,
    undecided,
    written,
)


def test_found_with_the_numbers_of_the_run() -> None:
    """Share, percentiles against the timeout, and exemplars with stream and request id."""
    web = function()
    lines = [killed(n, used_mb=73) for n in range(6)] + [finished(n, 0.03) for n in range(6, 10)]
    finding = found(RULE.check(web, observed(web, logs=written(web, *lines))))
    assert finding.title == "web is killed by its 3 s timeout in 60 % of its invocations (6 of 10)"
    assert (finding.severity, finding.harm) == (Severity.CRITICAL, 6)
    assert finding.evidence[0].numbers["p99"] == 3.0
    assert finding.evidence[0].numbers["p50"] == 3.0
    assert STREAM in finding.evidence[1].locator
    assert "RequestId 00000000-0000-4000-8000-000000000005" in finding.evidence[1].locator
    assert {(c.property, c.before) for c in finding.remedy.changes} == {("MemorySize", 128), ("Timeout", 3)}


def test_found_in_reports_that_do_not_name_a_status() -> None:
    """Older runtimes say it only in a line of its own."""
    web = function()
    lines = [[line.replace("Status: timeout\t", "") for line in killed(1)]]
    assert found(RULE.check(web, observed(web, logs=written(web, *lines)))).harm == 1


def test_found_rarely_is_high_and_not_critical() -> None:
    """One in a hundred is not the same as every one."""
    web = function()
    lines = [killed(0), *(finished(n) for n in range(1, 100))]
    finding = found(RULE.check(web, observed(web, logs=written(web, *lines))))
    assert finding.severity is Severity.HIGH
    assert "in 1 % of its invocations (1 of 100)" in finding.title


def test_clear_when_everything_finishes() -> None:
    """A fast function is left alone, and so is one whose timeouts had the memory full."""
    web = function()
    assert clear(RULE.check(web, observed(web, logs=written(web, finished(1))))) == "no timeout in 1 invocation"
    full = observed(web, logs=written(web, killed(1, used_mb=127)))
    assert "lambda-out-of-memory" in clear(RULE.check(web, full))


def test_no_data_for_a_function_that_was_never_called_or_not_since_it_was_changed() -> None:
    """What ran under another size says nothing about this one."""
    web = function(Timeout=10, MemorySize=1024)
    assert undecided(RULE.check(web, observed(web))).startswith("never called between")
    old = observed(web, logs=written(web, killed(1), finished(2)))
    assert undecided(RULE.check(web, old)) == "not called since its configuration changed (2 invocations before that)"
    longer = function(Timeout=10)
    assert "not called since" in undecided(RULE.check(longer, observed(longer, logs=written(longer, killed(1)))))
    assert undecided(RULE.check(web, declared(web))) == "a template shows no logs"
