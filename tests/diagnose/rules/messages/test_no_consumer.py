"""Rule sqs-no-consumer."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.no_consumer import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, PIPE, QUEUE, Gap, Resource
from shopfast_obs.model.telemetry import MetricSeries
from tests.diagnose.builders import START, clear, declared, found, observed, undecided

WORK = Resource(QUEUE, "work", "Work", arn="arn:aws:sqs:x:1:work")


def lying(count: float, *ages: float) -> list[MetricSeries]:
    """Depth and age of the queue, minute after minute."""
    at = tuple((START + 60 * n, age) for n, age in enumerate(ages))
    depth = tuple((moment, count) for moment, _ in at)
    named = (("QueueName", "work"),)
    return [
        MetricSeries("AWS/SQS", "ApproximateNumberOfMessagesVisible", named, "Maximum", 60, depth),
        MetricSeries("AWS/SQS", "ApproximateAgeOfOldestMessage", named, "Maximum", 60, at),
    ]


def test_found_when_messages_lie_and_nobody_reads() -> None:
    """Graver while they get older."""
    finding = found(RULE.check(WORK, observed(WORK, metrics=lying(7, 60, 600))))
    assert "work has 7 messages that nobody reads, the oldest 600 s old; after 4 days they are gone" in finding.title
    assert (finding.severity, finding.harm) == (Severity.HIGH, 7)


def test_clear_with_a_reader_or_without_messages() -> None:
    """A disabled mapping reads nothing; a dead-letter queue is meant to wait."""
    feed = Resource(EVENT_SOURCE_MAPPING, "m", properties={"EventSourceArn": WORK.arn})
    assert clear(RULE.check(WORK, observed(WORK, feed, metrics=lying(7, 1)))) == "read by 1 event source mapping"
    assert clear(RULE.check(WORK, observed(WORK, metrics=lying(0, 0)))) == "it is empty"
    main = Resource(QUEUE, "main", properties={"RedrivePolicy": {"deadLetterTargetArn": WORK.arn}})
    assert clear(RULE.check(WORK, declared(WORK, main))) == "it collects dead letters"


def test_a_pipe_is_a_reader_unless_it_is_stopped() -> None:
    """Its messages are not lost."""
    pipe = Resource(PIPE, "intake", properties={"Source": WORK.arn})
    assert clear(RULE.check(WORK, observed(WORK, pipe, metrics=lying(7, 1)))) == "read by 1 pipe"
    stopped = Resource(PIPE, "intake", properties={"Source": WORK.arn, "DesiredState": "STOPPED"})
    assert "7 messages that nobody reads" in found(RULE.check(WORK, observed(WORK, stopped, metrics=lying(7, 1)))).title


def test_no_data_without_metrics() -> None:
    """Whoever else may read it is not known."""
    assert "no function and no pipe reads it" in undecided(RULE.check(WORK, declared(WORK)))
    assert "has no points" in undecided(RULE.check(WORK, observed(WORK)))
    denied = observed(WORK, gaps=[Gap("event source mappings", "denied", (EVENT_SOURCE_MAPPING,))])
    assert undecided(RULE.check(WORK, denied)) == "event source mappings: denied"
