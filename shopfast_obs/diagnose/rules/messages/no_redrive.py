"""Queues whose failed messages come back for ever."""

from __future__ import annotations

from shopfast_obs.diagnose.callers import mentions
from shopfast_obs.diagnose.interface import Context, Rule
from shopfast_obs.model.findings import Clear, Evidence, Finding, NotEnoughData, Outcome, Remedy, Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, QUEUE, Resource

ID = "sqs-no-redrive"


def check(queue: Resource, context: Context) -> Outcome:
    """Found when a function consumes the queue and the queue has no redrive policy."""
    if queue.properties.get("RedrivePolicy"):
        return Clear(ID, queue.name, "it has a redrive policy")
    if any(gap.what == "event source mappings" for gap in context.inventory.gaps):
        return NotEnoughData(ID, queue.name, "the event source mappings could not be read")
    mappings = context.inventory.of_type(EVENT_SOURCE_MAPPING)
    consumers = [m for m in mappings if mentions(m.properties.get("EventSourceArn"), queue)]
    if not consumers:
        return Clear(ID, queue.name, "no function consumes it")
    return Finding(
        rule=ID,
        severity=Severity.MEDIUM,
        resource_type=QUEUE,
        resource=queue.name,
        title=f"{queue.name} has no dead-letter queue: a message that cannot be processed comes back until it expires",
        evidence=(
            Evidence("configuration", "RedrivePolicy is not set", "RedrivePolicy", {"consumers": len(consumers)}),
        ),
        remedy=Remedy("Give it a RedrivePolicy with a dead-letter queue and maxReceiveCount 3 to 5."),
        misleads="The queue's depth looks like load; it is the same messages again and again.",
    )


RULE = Rule(
    id=ID,
    title="A consumed queue has no dead-letter queue",
    severity=Severity.MEDIUM,
    types=(QUEUE,),
    needs=("configuration",),
    why="One poisonous message keeps the consumer busy and is lost in the end.",
    remedy="A redrive policy.",
    limits="Only consumers by event source mapping are seen.",
    check=check,
    runbook="dead-letters",
)
