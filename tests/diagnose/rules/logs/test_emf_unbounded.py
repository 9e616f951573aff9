"""Rule metrics-unbounded."""

from __future__ import annotations

import json

from shopfast_obs.diagnose.rules.logs.emf_unbounded import RULE
from tests.diagnose.builders import (
    START,
    clear,
    declared,
    finished,
    found,
    function,
    observed,
    speaking,
    undecided,
    written,
)

WEB = function()


def emf(n: int, **dimensions: str) -> str:
    """A line of embedded metrics, as Powertools writes it."""
    directive = {
        "Namespace": "shop",
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": "Orders", "Unit": "Count"}],
    }
    aws = {"Timestamp": int(START * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": aws, "Orders": n, **dimensions}) + "\n"


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


def test_no_data_without_a_log() -> None:
    """Nothing was written, or a template."""
    assert "no line" in undecided(RULE.check(WEB, observed(WEB)))
    assert undecided(RULE.check(WEB, declared(WEB))) == "a template shows no logs"
