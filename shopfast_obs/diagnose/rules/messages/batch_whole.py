"""Batches that fail as a whole."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import is_open, number
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, FUNCTION, QUEUE, Resource

BATCH = 10  # messages, by default


def judge(mapping: Resource, context: Context) -> Judgement:
    """Found when a queue feeds batches to a function without ReportBatchItemFailures."""
    source = context.references.named(mapping.properties.get("EventSourceArn"), QUEUE)
    if not source:
        return Passed("its source is no queue of the inventory")
    size, kinds = number(mapping.properties.get("BatchSize", BATCH)), mapping.properties.get("FunctionResponseTypes")
    if size is None or is_open(kinds):
        return Undecided("its BatchSize is left to a parameter")
    if size <= 1:
        return Passed("it hands over one message at a time")
    if isinstance(kinds, list | tuple) and "ReportBatchItemFailures" in kinds:
        return Passed("it reports the failures of single messages")
    name = _function(mapping, context)
    return Found(
        f"{name} gets up to {size:.0f} messages of {source[0].name} at once: one that fails brings all of them back",
        [configured("no ReportBatchItemFailures", "FunctionResponseTypes", batch_size=size)],
        Remedy("FunctionResponseTypes [ReportBatchItemFailures], and a handler that returns the failed messages' ids."),
    )


def _function(mapping: Resource, context: Context) -> str:
    named = context.references.named(mapping.properties.get("FunctionName"), FUNCTION)
    return named[0].name if named else mapping.name


RULE = Rule(
    id="event-source-batch-whole",
    title="One failed message brings the whole batch back",
    severity=Severity.LOW,
    types=(EVENT_SOURCE_MAPPING,),
    needs=("configuration",),
    why="Good messages are processed again and again, and end in the dead-letter queue with the bad one.",
    remedy="`FunctionResponseTypes: [ReportBatchItemFailures]`.",
    limits="Whether the handler really returns the failures is not looked at.",
    judge=judge,
    misleads="Everything in the dead-letter queue looks poisonous.",
    runbook="dead-letters",
)
