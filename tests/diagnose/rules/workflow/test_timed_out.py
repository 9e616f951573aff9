"""Rule workflow-timeouts."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.workflow.timed_out import RULE
from shopfast_obs.model.resources import STATE_MACHINE, Resource
from tests.diagnose.builders import clear, declared, found, metric, observed, undecided

IT = Resource(STATE_MACHINE, "it", "It", arn="arn:it")
TRAFFIC = metric("AWS/States", "ExecutionsStarted", 100, StateMachineArn="arn:it")


def test_found_when_it_counts_anything() -> None:
    """Five of a hundred."""
    counted = [TRAFFIC, metric("AWS/States", "ExecutionsTimedOut", 5, StateMachineArn="arn:it")]
    finding = found(RULE.check(IT, observed(IT, metrics=counted)))
    assert "it times out: 5 of 100" in finding.title
    assert finding.harm == 5


def test_clear_when_there_was_traffic_and_none_of_it() -> None:
    """Nothing counted."""
    assert clear(RULE.check(IT, observed(IT, metrics=[TRAFFIC]))).startswith("none in 100 ")


def test_no_data_without_traffic_or_metrics() -> None:
    """Nothing happened, or a template."""
    assert undecided(RULE.check(IT, observed(IT))).startswith("no started execution at all")
    assert undecided(RULE.check(IT, declared(IT))) == "a template shows no metrics"
