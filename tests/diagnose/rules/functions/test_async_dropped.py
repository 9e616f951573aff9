"""Rule lambda-async-dropped."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.async_dropped import RULE
from shopfast_obs.model.resources import FUNCTION, Resource
from tests.diagnose.builders import clear, declared, found, metric, observed, undecided

IT = Resource(FUNCTION, "it", "It", arn="arn:it")
TRAFFIC = metric("AWS/Lambda", "AsyncEventsReceived", 100, FunctionName="it")


def test_found_when_it_counts_anything() -> None:
    """Five of a hundred."""
    counted = [TRAFFIC, metric("AWS/Lambda", "AsyncEventsDropped", 5, FunctionName="it")]
    finding = found(RULE.check(IT, observed(IT, metrics=counted)))
    assert "it loses 5 % of its asynchronous events (5 of 100)" in finding.title
    assert finding.harm == 5


def test_clear_when_there_was_traffic_and_none_of_it() -> None:
    """Nothing counted."""
    assert clear(RULE.check(IT, observed(IT, metrics=[TRAFFIC]))).startswith("none in 100 ")


def test_no_data_without_traffic_or_metrics() -> None:
    """Nothing happened, or a template."""
    assert undecided(RULE.check(IT, observed(IT))).startswith("no asynchronous event at all")
    assert undecided(RULE.check(IT, declared(IT))) == "a template shows no metrics"
