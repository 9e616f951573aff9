"""Rule sqs-dead-letters-unwatched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.messages.dead_letters_unwatched import RULE
from shopfast_obs.model.resources import EVENT_RULE, QUEUE, SUBSCRIPTION, Gap, Resource
from shopfast_obs.model.telemetry import WatchedMetric
from tests.diagnose.builders import alarm, clear, declared, found, observed, undecided

DEAD = Resource(QUEUE, "dead", "Dead", arn="arn:aws:sqs:eu-west-1:1:dead")
NAMING = [
    Resource(QUEUE, "work", properties={"RedrivePolicy": '{"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:1:dead"}'}),
    Resource(SUBSCRIPTION, "s", properties={"RedrivePolicy": {"deadLetterTargetArn": DEAD.arn}}),
    Resource(EVENT_RULE, "r", properties={"Targets": [{"Id": "t", "DeadLetterConfig": {"Arn": DEAD.arn}}]}),
    Resource(QUEUE, "w", properties={"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}}}),
]


@pytest.mark.parametrize("naming", NAMING, ids=lambda r: r.type)
def test_found_whoever_sends_there(naming: Resource) -> None:
    """A queue is a dead-letter queue when anything names it so."""
    assert found(RULE.check(DEAD, declared(DEAD, naming))).severity.name == "LOW"


def test_found_when_the_alarm_reads_a_metric_that_stays_zero() -> None:
    """NumberOfMessagesSent does not count what SQS itself moves."""
    dead = alarm("a", WatchedMetric("AWS/SQS", "NumberOfMessagesSent", (("QueueName", "dead"),)))
    found(RULE.check(DEAD, observed(DEAD, NAMING[0], alarms=[dead])))


def test_clear_when_watched_or_ordinary() -> None:
    """Depth counts."""
    depth = alarm("a", WatchedMetric("AWS/SQS", "ApproximateNumberOfMessagesVisible", (("QueueName", "dead"),)))
    assert "alarms watch" in clear(RULE.check(DEAD, observed(DEAD, NAMING[0], alarms=[depth])))
    ordinary = Resource(QUEUE, "deadline", arn="arn:aws:sqs:eu-west-1:1:deadline")
    assert clear(RULE.check(ordinary, declared(ordinary, DEAD, *NAMING))) == "it is no dead-letter queue"


def test_no_data_when_the_alarms_could_not_be_read() -> None:
    """Denied is not the same as none."""
    context = observed(DEAD, NAMING[0])
    assert context.observations is not None
    denied = replace(context.observations, gaps=(Gap("alarms", "AccessDenied"),))
    assert undecided(RULE.check(DEAD, Context(context.inventory, denied))) == "alarms: AccessDenied"
