"""Which functions get their work from others: through topics, buses, queues and state machines."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.callers import mappings_of
from shopfast_obs.model.resources import EVENT_RULE, QUEUE, STATE_MACHINE, SUBSCRIPTION, TOPIC, Resource


def fed_by(function: Resource, context: Context) -> tuple[str, ...]:
    """What hands work to the function: `SNS`, `EventBridge`, `SQS`, `Step Functions`; none for what is only called
    directly."""
    found = []
    by_topic = context.naming(function, SUBSCRIPTION, "Endpoint")
    if by_topic or context.naming(function, TOPIC, "Subscription", "Endpoint"):
        found.append("SNS")
    if any(rule.properties.get("EventPattern") for rule in context.naming(function, EVENT_RULE, "Targets", "Arn")):
        found.append("EventBridge")
    for mapping in mappings_of(function, context):
        if context.references.named(mapping.properties.get("EventSourceArn"), QUEUE):
            found.append("SQS")
    if context.naming(function, STATE_MACHINE, "DefinitionString"):
        found.append("Step Functions")
    return tuple(dict.fromkeys(found))
