"""Rule lambda-logs-unstructured."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.logs_unstructured import RULE
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


def test_found_when_the_lines_are_free_text() -> None:
    """The platform's own lines do not count."""
    web = function()
    lines = [killed(1), ["loading products\n"], finished(2), ['{"message": "done"}\n'], ["[INFO]\tx\n"]]
    finding = found(RULE.check(web, observed(web, logs=written(web, *lines))))
    assert finding.title == "web logs free text: 67 % of 3 sampled lines cannot be queried by field"
    assert STREAM in finding.evidence[0].locator


def test_clear_when_lines_are_json_or_the_format_is() -> None:
    """A line of free text now and then is forgiven."""
    web = function()
    lines = [['{"message": "done"}\n'] * 19, ["OpenBLAS warning\n"]]
    assert clear(RULE.check(web, observed(web, logs=written(web, *lines)))) == "19 of 20 sampled lines in JSON"
    formatted = function(LoggingConfig={"LogFormat": "JSON"})
    assert clear(RULE.check(formatted, declared(formatted))) == "LogFormat is JSON"


def test_no_data_when_the_function_wrote_nothing() -> None:
    """Platform lines alone cannot tell."""
    web = function()
    assert "no line of its own in 1 invocation" in undecided(
        RULE.check(web, observed(web, logs=written(web, finished(1))))
    )
