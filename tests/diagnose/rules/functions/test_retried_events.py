"""Rule lambda-events-retried."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.retried_events import RULE
from tests.diagnose.builders import clear, finished, found, function, observed, written

WEB = function()


def test_found_when_one_request_id_has_several_reports() -> None:
    """Three attempts of one event."""
    log = written(WEB, finished(1), finished(1), finished(1), finished(2))
    finding = found(RULE.check(WEB, observed(WEB, logs=log)))
    assert "web processed 1 event more than once: 2 repetitions, one event 3 times" in finding.title
    assert finding.harm == 2


def test_clear_when_each_ran_once() -> None:
    """No repetition."""
    log = written(WEB, finished(1), finished(2))
    assert clear(RULE.check(WEB, observed(WEB, logs=log))) == "each of 2 requests ran once"
