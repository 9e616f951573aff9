"""Rule logs-volume."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.logs.volume import RULE
from tests.diagnose.builders import clear, finished, found, function, observed, speaking, written

WEB = function()


def test_found_with_the_price_of_a_month() -> None:
    """30 KB an invocation."""
    finding = found(RULE.check(WEB, observed(WEB, logs=written(WEB, speaking(finished(1), "x" * 30_000 + "\n")))))
    assert "web logs 30 KB an invocation" in finding.title
    assert "USD a month" in finding.title
    assert finding.usd_a_month > 0


def test_clear_with_the_price_as_well() -> None:
    """A few lines."""
    assert "0.3 KB an invocation" in clear(RULE.check(WEB, observed(WEB, logs=written(WEB, finished(1)))))
