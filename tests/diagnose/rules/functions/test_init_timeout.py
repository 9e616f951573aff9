"""Rule lambda-init-timeout."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.init_timeout import RULE
from tests.diagnose.builders import clear, finished, found, function, observed, written

WEB = function()
JSON = (
    '{"time":"2027-01-15T08:00:00.000Z","type":"platform.initReport","record":{"initializationType":"on-demand",'
    '"phase":"init","status":"timeout","metrics":{"durationMs":10008.5}}}\n'
)


def test_found_when_an_init_report_says_timeout() -> None:
    """In the text and in the JSON format."""
    line = "INIT_REPORT Init Duration: 9999.85 ms\tPhase: init\tStatus: timeout\n"
    for text in (line, JSON):
        finding = found(RULE.check(WEB, observed(WEB, logs=written(WEB, [text], finished(1)))))
        assert "does not finish its init within 10 s: 1 init had to begin again" in finding.title


def test_clear_when_no_init_was_late() -> None:
    """A new init inside an invocation is the loop's."""
    line = "INIT_REPORT Init Duration: 3000.00 ms\tPhase: invoke\tStatus: timeout\n"
    assert clear(RULE.check(WEB, observed(WEB, logs=written(WEB, [line], finished(1))))) == "no init ran into its limit"
