"""Rule lambda-near-timeout."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.near_timeout import RULE
from tests.diagnose.builders import clear, finished, found, function, killed, observed, undecided, written

WEB = function()


def test_found_when_the_p99_is_near() -> None:
    """None was killed yet."""
    log = written(WEB, *(finished(n, 2.7) for n in range(12)))
    finding = found(RULE.check(WEB, observed(WEB, logs=log)))
    assert "its p99 is 2.70 s of 3 s (12 of 12 invocations above 80 % of it)" in finding.title
    assert finding.remedy.changes


def test_clear_with_time_to_spare_or_timeouts() -> None:
    """Those are another rule's."""
    quick = written(WEB, *(finished(n, 0.3) for n in range(12)))
    assert clear(RULE.check(WEB, observed(WEB, logs=quick))) == "p99 0.30 s of 3 s"
    assert "other rules" in clear(RULE.check(WEB, observed(WEB, logs=written(WEB, killed(1)))))


def test_no_data_from_a_handful() -> None:
    """Too few."""
    assert "too few" in undecided(RULE.check(WEB, observed(WEB, logs=written(WEB, finished(1, 2.9)))))
