"""Which functions get their work from others: through topics, buses, queues and state machines."""

from __future__ import annotations

from shopfast_obs.diagnose.callers import mappings_of
from shopfast_obs.diagnose.context import Context
from shopfast_obs.model.resources import EVENT_RULE, QUEUE, STATE_MACHINE, SUBSCRIPTION, Resource


def fed_by(function: Resource, context: Context) -> tuple[str, ...]:
    """What hands work to the function: `SNS`, `EventBridge`, `SQS`, `Step Functions`; none for what only doors call."""
    found = []
    names = context.references.names
    if any(names(s.properties.get("Endpoint"), function) for s in context.inventory.of_type(SUBSCRIPTION)):
        found.append("SNS")
    for rule in context.inventory.of_type(EVENT_RULE):
        targets = [t.get("Arn") for t in rule.properties.get("Targets") or () if isinstance(t, dict)]
        if rule.properties.get("EventPattern") and names(targets, function):
            found.append("EventBridge")
    for mapping in mappings_of(function, context):
        if context.references.named(mapping.properties.get("EventSourceArn"), QUEUE):
            found.append("SQS")
    if any(names(m.properties.get("DefinitionString"), function) for m in context.inventory.of_type(STATE_MACHINE)):
        found.append("Step Functions")
    return tuple(dict.fromkeys(found))
