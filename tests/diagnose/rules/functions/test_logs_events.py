"""Rule lambda-logs-events."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.logs_events import RULE
from shopfast_obs.model.sources import Source
from tests.diagnose.builders import clear, declared, found, function, undecided

WEB = function()


def test_found_when_the_source_dumps_events() -> None:
    """With the place."""
    finding = found(RULE.check(WEB, declared(WEB, sources={"web": Source(dumps=("app.py:3",))})))
    assert finding.evidence[0].locator == "app.py:3"


def test_clear_when_it_does_not() -> None:
    """Fields only."""
    assert clear(RULE.check(WEB, declared(WEB, sources={"web": Source()}))) == "its source logs no whole event"


def test_no_data_without_the_source() -> None:
    """It is not here."""
    assert undecided(RULE.check(WEB, declared(WEB))) == "its source is not here"
