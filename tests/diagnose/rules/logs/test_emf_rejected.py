"""Rule metrics-rejected."""

from __future__ import annotations

import json

from shopfast_obs.diagnose.rules.logs.emf_rejected import RULE
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


def test_found_when_a_line_breaks_the_rules() -> None:
    """A dimension that has no value."""
    bad = emf(1, service="web").replace('"service": "web"}', '"service": 3}')
    finding = found(RULE.check(WEB, observed(WEB, logs=written(WEB, speaking(finished(1), bad)))))
    assert "web writes 1 metric line that CloudWatch drops: the dimension 'service' must be a string" in finding.title


def test_clear_when_all_are_valid() -> None:
    """Or when there are none."""
    log = written(WEB, speaking(finished(1), emf(1, service="web")))
    assert clear(RULE.check(WEB, observed(WEB, logs=log))) == "1 line of embedded metrics, all valid"


def test_no_data_without_a_log() -> None:
    """Nothing was written, or a template."""
    assert "no line" in undecided(RULE.check(WEB, observed(WEB)))
    assert undecided(RULE.check(WEB, declared(WEB))) == "a template shows no logs"
