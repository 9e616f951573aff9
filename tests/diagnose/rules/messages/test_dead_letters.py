"""Rule sqs-dead-letters."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.dead_letters import DEPTH, RULE
from shopfast_obs.model.resources import QUEUE, Resource
from tests.diagnose.builders import clear, declared, found, metric, observed, undecided

DEAD = Resource(QUEUE, "dead", "Dead", arn="arn:aws:sqs:eu-west-1:1:dead")
WORK = Resource(QUEUE, "work", "Work", properties={"RedrivePolicy": {"deadLetterTargetArn": DEAD.arn}})


def depth(value: float) -> object:
    """The depth of the dead-letter queue."""
    return metric("AWS/SQS", DEPTH.name, value, "Maximum", QueueName="dead")


def test_found_when_messages_wait() -> None:
    """The depth is named."""
    finding = found(RULE.check(DEAD, observed(DEAD, WORK, metrics=[depth(3)])))  # type: ignore[list-item]
    assert finding.title == "dead holds 3 messages that could not be processed"


def test_clear_when_empty_or_no_dead_letter_queue() -> None:
    """Depth zero, and an ordinary queue with messages."""
    assert clear(RULE.check(DEAD, observed(DEAD, WORK, metrics=[depth(0)]))) == "it is empty"  # type: ignore[list-item]
    assert clear(RULE.check(WORK, observed(DEAD, WORK))) == "it is no dead-letter queue"


def test_no_data_without_points() -> None:
    """A queue that nobody used has no metric."""
    assert "no points" in undecided(RULE.check(DEAD, observed(DEAD, WORK)))
    assert undecided(RULE.check(DEAD, declared(DEAD, WORK))) == "a template shows no metrics"
