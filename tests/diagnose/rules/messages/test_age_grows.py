"""Rule sqs-age-grows."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.age_grows import RULE
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, QUEUE, Resource
from shopfast_obs.model.telemetry import MetricSeries
from tests.diagnose.builders import START, clear, declared, found, observed, undecided

WORK = Resource(QUEUE, "work", "Work")
FEED = Resource(EVENT_SOURCE_MAPPING, "m", properties={"EventSourceArn": {"Ref": "Work"}, "Enabled": False})


def ages(*values: float) -> list[MetricSeries]:
    """The age of the oldest message, minute after minute."""
    points = tuple((START + 60 * n, value) for n, value in enumerate(values))
    named = (("QueueName", "work"),)
    return [MetricSeries("AWS/SQS", "ApproximateAgeOfOldestMessage", named, "Maximum", 60, points)]


def test_found_when_the_oldest_gets_older() -> None:
    """Beyond its visibility timeout."""
    finding = found(RULE.check(WORK, observed(WORK, FEED, metrics=ages(30, 400))))
    assert "work is not worked off: its oldest message is 400 s old and gets older; m is disabled" in finding.title


def test_clear_when_it_is_worked_off() -> None:
    """Or is read by nobody, which is another rule's."""
    assert clear(RULE.check(WORK, observed(WORK, FEED, metrics=ages(400, 20)))) == "its oldest message is 20 s old"
    assert clear(RULE.check(WORK, declared(WORK))) == "no function consumes it"


def test_no_data_without_metrics() -> None:
    """No points, or a template."""
    assert "has no points" in undecided(RULE.check(WORK, observed(WORK, FEED)))
    assert undecided(RULE.check(WORK, declared(WORK, FEED))) == "a template shows no metrics"
