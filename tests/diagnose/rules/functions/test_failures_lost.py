"""Rule lambda-failures-lost."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.failures_lost import RULE
from shopfast_obs.model.resources import FUNCTION, Resource
from tests.diagnose.builders import clear, declared, found, metric, observed, undecided

IT = Resource(FUNCTION, "it", "It", arn="arn:it")
TRAFFIC = metric("AWS/Lambda", "AsyncEventsReceived", 100, FunctionName="it")


def test_found_when_it_counts_anything() -> None:
    """Five of a hundred."""
    counted = [TRAFFIC, metric("AWS/Lambda", "DestinationDeliveryFailures", 5, FunctionName="it")]
    finding = found(RULE.check(IT, observed(IT, metrics=counted)))
    assert "it could not hand 5 failed events" in finding.title
    assert finding.harm == 5


def test_clear_when_there_was_traffic_and_none_of_it() -> None:
    """Nothing counted."""
    assert clear(RULE.check(IT, observed(IT, metrics=[TRAFFIC]))).startswith("none in 100 ")


def test_no_data_without_traffic_or_metrics() -> None:
    """Nothing happened, or a template."""
    assert undecided(RULE.check(IT, observed(IT))).startswith("no asynchronous event at all")
    assert undecided(RULE.check(IT, declared(IT))) == "a template shows no metrics"
