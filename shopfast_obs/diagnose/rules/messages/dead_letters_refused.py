"""Dead-letter queues that refuse what they are there for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.property_values import entries, is_open
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.principals import service as service_of
from shopfast_obs.model.resources import EVENT_RULE, QUEUE, QUEUE_POLICY, SUBSCRIPTION, Resource

POLICIES = (QUEUE_POLICY, "AWS::SQS::QueueInlinePolicy")
SENDER = {EVENT_RULE: "events.amazonaws.com", SUBSCRIPTION: "sns.amazonaws.com"}
SENDS = ("sqs:sendmessage", "sqs:*", "sqs:send*", "*")


def judge(resource: Resource, context: Context) -> Judgement:
    """Found when the dead-letter queue of an event target or a subscription is declared, and no policy lets the service
    send to it."""
    queues = [q for target in _targets(resource) for q in context.references.named(target, QUEUE)]
    if not queues:
        return Passed("it has no dead-letter queue of this inventory")
    unread = context.unread(QUEUE_POLICY)
    if unread:
        return Undecided(unread)
    closed = [queue for queue in queues if not _open_to(SENDER[resource.type], queue, resource, context)]
    if not closed:
        return Passed(f"{plural(len(queues), 'dead-letter queue')} may be written to")
    return Found(
        f"{resource.name} cannot write to its dead-letter queue {closed[0].name}: no policy of the queue allows "
        f"{SENDER[resource.type]} sqs:SendMessage",
        [configured(f"no policy of {queue.name} allows it", _place(resource), queues=len(queues)) for queue in closed],
        Remedy(
            f"An AWS::SQS::QueuePolicy on {closed[0].name} that allows {SENDER[resource.type]} sqs:SendMessage, with "
            "aws:SourceArn as its condition."
        ),
        confidence="likely",
    )


def _targets(resource: Resource) -> Iterator[Any]:
    if resource.type == SUBSCRIPTION:
        said = resource.properties.get("RedrivePolicy")
        if isinstance(said, str):
            try:
                said = json.loads(said)
            except ValueError:
                return
        yield entries(said).get("deadLetterTargetArn")
        return
    targets = resource.properties.get("Targets")
    for target in targets if isinstance(targets, list) else ():
        yield entries(entries(target).get("DeadLetterConfig")).get("Arn")


def _place(resource: Resource) -> str:
    return "RedrivePolicy" if resource.type == SUBSCRIPTION else "Targets.DeadLetterConfig"


def _open_to(service: str, queue: Resource, sender: Resource, context: Context) -> bool:
    """True when a policy on the queue lets the service send; one that cannot be read may."""
    return any(
        is_open(document) or any(_allows(statement, service, sender, context) for statement in _statements(document))
        for type_ in POLICIES
        for path in ("Queues", "Queue")
        for policy in context.naming(queue, type_, path)
        for document in (policy.properties.get("PolicyDocument"),)
    )


def _statements(document: Any) -> list[Any]:  # noqa: ANN401 - what a template holds
    said = entries(document).get("Statement")
    return said if isinstance(said, list) else [said]


def _allows(statement: Any, service: str, sender: Resource, context: Context) -> bool:  # noqa: ANN401
    if is_open(statement):
        return True
    fields = entries(statement)
    actions = {str(action).lower() for action in _listed(fields.get("Action"))}
    principal = fields.get("Principal")
    named_all = [principal] if isinstance(principal, str) else entries(principal).values()
    whom = {"*" if p == "*" else service_of(p) for each in named_all for p in _listed(each)}
    named = context.references.named(entries(fields.get("Condition")), sender.type)
    meant = not named or any(one == sender for one in named)
    allowed = fields.get("Effect") == "Allow" and not actions.isdisjoint(SENDS)
    return allowed and bool(whom & {service_of(service), "*"}) and meant


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else [value]


RULE = Rule(
    id="dead-letters-refused",
    title="A dead-letter queue refuses its dead letters",
    severity=Severity.MEDIUM,
    types=(EVENT_RULE, SUBSCRIPTION),
    needs=("configuration",),
    why="EventBridge and SNS write to the queue as a service, and a queue takes that only by its own policy: what "
    "cannot be delivered is lost, with a counter (InvocationsFailedToBeSentToDlq) as the only trace.",
    remedy="A queue policy for the service. CDK and SAM write one for queues that they make themselves.",
    limits="A policy that another stack puts on the queue is not seen; a queue's key of KMS is not looked at.",
    judge=judge,
    misleads="The rule has a dead-letter queue, and the queue is empty.",
    runbook="dead-letters",
)
