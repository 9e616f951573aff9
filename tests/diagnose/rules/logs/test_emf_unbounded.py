"""Rule metrics-unbounded."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.logs.emf_unbounded import RULE
from tests.diagnose.builders import clear, emf, finished, found, function, observed, speaking, written

WEB = function()


def test_found_when_each_order_makes_a_metric() -> None:
    """Thirty orders, thirty metrics."""
    log = written(WEB, speaking(finished(1), *(emf(1, service="web", order=f"o-{n}") for n in range(30))))
    finding = found(RULE.check(WEB, observed(WEB, logs=log)))
    assert finding.title == "web makes a metric for each order: 30 metrics from 30 values"
    assert finding.usd_a_month == 30 * 0.30


def test_clear_when_the_values_repeat() -> None:
    """Or when there are none."""
    log = written(WEB, speaking(finished(1), *(emf(1, service="web", kind=f"k-{n % 3}") for n in range(30))))
    assert clear(RULE.check(WEB, observed(WEB, logs=log))) == "3 sets of dimensions"
    assert clear(RULE.check(WEB, observed(WEB, logs=written(WEB, finished(1))))) == "it writes no embedded metrics"
