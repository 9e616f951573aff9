"""Rule sns-deliveries-fail."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.notifications_fail import RULE
from shopfast_obs.model.resources import TOPIC, Resource
from tests.diagnose.builders import clear, declared, found, metric, observed, undecided

IT = Resource(TOPIC, "it", "It", arn="arn:it")
TRAFFIC = metric("AWS/SNS", "NumberOfMessagesPublished", 100, TopicName="it")


def test_found_when_it_counts_anything() -> None:
    """Five of a hundred."""
    counted = [TRAFFIC, metric("AWS/SNS", "NumberOfNotificationsFailed", 5, TopicName="it")]
    finding = found(RULE.check(IT, observed(IT, metrics=counted)))
    assert "it cannot deliver 5 notifications of 100" in finding.title
    assert finding.harm == 5


def test_clear_when_there_was_traffic_and_none_of_it() -> None:
    """Nothing counted."""
    assert clear(RULE.check(IT, observed(IT, metrics=[TRAFFIC]))).startswith("none in 100 ")


def test_no_data_without_traffic_or_metrics() -> None:
    """Nothing happened, or a template."""
    assert undecided(RULE.check(IT, observed(IT))).startswith("no published message at all")
    assert undecided(RULE.check(IT, declared(IT))) == "a template shows no metrics"
