"""Rule dead-letters-refused."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.diagnose.rules.messages.dead_letters_refused import RULE
from shopfast_obs.model.resources import EVENT_RULE, QUEUE, QUEUE_POLICY, SUBSCRIPTION, Gap, Resource
from tests.diagnose.builders import clear, declared, found, observed, undecided

DEAD = Resource(QUEUE, "Dead", "Dead")
TARGET = {
    "Id": "f",
    "Arn": "arn:aws:lambda:x:1:function:f",
    "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Dead", "Arn"]}},
}
SENT = Resource(EVENT_RULE, "sent", "Sent", properties={"Targets": [TARGET]})
OTHER = Resource(EVENT_RULE, "other", "Other", properties={"Targets": []})


def policy(**fields: Any) -> Resource:
    """A policy on the queue with one statement."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        **fields,
    }
    properties = {"Queues": [{"Ref": "Dead"}], "PolicyDocument": {"Statement": [statement]}}
    return Resource("AWS::SQS::QueuePolicy", "P", "P", properties=properties)


@pytest.mark.parametrize(
    "policies",
    [
        [],
        [policy(Principal={"Service": "sns.amazonaws.com"})],
        [policy(Action="sqs:ReceiveMessage")],
        [policy(Effect="Deny")],
        [policy(Condition={"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Other", "Arn"]}}})],
    ],
)
def test_found_when_no_policy_lets_the_bus_send(policies: list[Resource]) -> None:
    """None at all, for another service, action or rule."""
    finding = found(RULE.check(SENT, declared(SENT, OTHER, DEAD, *policies)))
    assert finding.title.startswith(
        "sent cannot write to its dead-letter queue Dead: no policy of the queue allows events"
    )


@pytest.mark.parametrize(
    "said",
    [
        policy(),
        policy(Principal="*", Action=["SQS:SendMessage"]),
        policy(Principal={"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, Action="sqs:*"),
        policy(Principal={"Service": "events.${AWS::URLSuffix}"}),
        policy(Principal={"Service": "events.amazonaws.com.cn"}),
        policy(Condition={"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Sent", "Arn"]}}}),
        policy(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:events:*:1:rule/*"}}),
    ],
)
def test_clear_when_a_policy_does(said: Resource) -> None:
    """However it is written."""
    assert clear(RULE.check(SENT, declared(SENT, OTHER, DEAD, said))) == "1 dead-letter queue may be written to"


def test_found_for_a_subscription() -> None:
    """SNS needs the right, too; a redrive policy may be text."""
    for redrive in (
        {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}},
        '{"deadLetterTargetArn": "arn:aws:sqs:x:1:Dead"}',
    ):
        subscription = Resource(SUBSCRIPTION, "s", "S", properties={"RedrivePolicy": redrive})
        assert (
            "allows sns.amazonaws.com" in found(RULE.check(subscription, declared(subscription, DEAD, policy()))).title
        )


def test_clear_without_a_queue_of_its_own() -> None:
    """None, or one of another stack."""
    none = Resource(EVENT_RULE, "r", properties={"Targets": [{"Id": "f", "Arn": "x"}]})
    assert clear(RULE.check(none, declared(none, DEAD))) == "it has no dead-letter queue of this inventory"
    assert clear(RULE.check(SENT, declared(SENT))) == "it has no dead-letter queue of this inventory"


def test_no_data_where_policies_could_not_be_read() -> None:
    """In an account that denies it."""
    gap = Gap("queues", "denied", (QUEUE_POLICY,))
    assert undecided(RULE.check(SENT, observed(SENT, DEAD, gaps=[gap]))) == "queues: denied"
    assert found(RULE.check(SENT, observed(SENT, DEAD)))
