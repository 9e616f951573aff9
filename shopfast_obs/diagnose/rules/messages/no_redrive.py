"""Queues whose failed messages come back for ever."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, QUEUE, Resource


def _kept(queue: Resource, context: Context) -> str:
    if queue.properties.get("RedrivePolicy"):
        return "it has a redrive policy"
    return "it collects dead letters itself" if queue.name in context.dead_letter_queues else ""


def judge(queue: Resource, context: Context) -> Judgement:
    """Found when a function consumes the queue and the queue has no redrive policy."""
    consumers = context.consumers(queue)
    if not consumers:
        return Passed("no function consumes it")
    return Found(
        f"{queue.name} has no dead-letter queue: a message that cannot be processed comes back until it expires",
        [Evidence("configuration", "RedrivePolicy is not set", "RedrivePolicy", {"consumers": len(consumers)})],
        Remedy("Give it a RedrivePolicy with a dead-letter queue and maxReceiveCount 5."),
    )


RULE = Rule(
    id="sqs-no-redrive",
    title="A consumed queue has no dead-letter queue",
    severity=Severity.MEDIUM,
    types=(QUEUE,),
    needs=("configuration",),
    why="One poisonous message keeps the consumer busy and is lost in the end.",
    remedy="A redrive policy.",
    limits="Only consumers by event source mapping are seen.",
    judge=judge,
    spared=_kept,
    lacking=missing_data.resources(EVENT_SOURCE_MAPPING),
    misleads="The queue's depth looks like load; it is the same messages again and again.",
    runbook="dead-letters",
)
