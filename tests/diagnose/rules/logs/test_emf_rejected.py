"""Rule metrics-rejected."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.logs.emf_rejected import RULE
from tests.diagnose.builders import clear, emf, finished, found, function, observed, speaking, written

WEB = function()


def test_found_when_a_line_breaks_the_rules() -> None:
    """A dimension that has no value."""
    bad = emf(1, service="web").replace('"service": "web"}', '"service": 3}')
    finding = found(RULE.check(WEB, observed(WEB, logs=written(WEB, speaking(finished(1), bad)))))
    assert "web writes 1 metric line that CloudWatch drops: the dimension 'service' must be a string" in finding.title


def test_clear_when_all_are_valid() -> None:
    """Or when there are none."""
    log = written(WEB, speaking(finished(1), emf(1, service="web")))
    assert clear(RULE.check(WEB, observed(WEB, logs=log))) == "1 line of embedded metrics, all valid"
