"""Streams that one bad record stops."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.event_sources import kind
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.values import at, is_open, is_true, number
from shopfast_obs.model.findings import Outcome, Remedy, Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, Resource

PART = {"stream": "shard", "kafka": "partition"}


def check(mapping: Resource, context: Context) -> Outcome:
    """Found when the mapping of a stream or of Kafka retries without an end, or drops what fails after its retries."""
    source = kind(mapping, context)
    if not source:
        return RULE.unknown(mapping, "what its source is cannot be told")
    if source not in PART:
        return RULE.clear(mapping, "its source is no stream")
    attempts = mapping.properties.get("MaximumRetryAttempts", -1)
    age = mapping.properties.get("MaximumRecordAgeInSeconds", -1)
    if is_open(attempts) or is_open(age):
        return RULE.unknown(mapping, "its MaximumRetryAttempts is left to a parameter")
    if number(attempts) == -1 and number(age) == -1:
        return RULE.found(
            mapping,
            f"{mapping.name} retries without an end: one bad record holds up its {PART[source]} until it expires",
            [
                configured(
                    "neither MaximumRetryAttempts nor MaximumRecordAgeInSeconds", "MaximumRetryAttempts", retries=-1
                )
            ],
            Remedy("MaximumRetryAttempts, BisectBatchOnFunctionError: true and DestinationConfig.OnFailure."),
        )
    bound = f"{attempts:g} retries" if number(attempts) != -1 else f"{age:g} s"
    if at(mapping, "DestinationConfig.OnFailure"):
        return RULE.clear(mapping, f"it gives up after {bound} and hands on what failed")
    return RULE.found(
        mapping,
        f"{mapping.name} gives up after {bound} and hands what failed to nobody: {_lost(mapping)} lost",
        [configured("no DestinationConfig.OnFailure", "DestinationConfig", bound=bound)],
        Remedy("DestinationConfig.OnFailure, a queue with an alarm."),
        severity=Severity.LOW,
    )


def _lost(mapping: Resource) -> str:
    """What goes with one bad record: the records beside it, too, unless the batch is split or told apart."""
    split = is_true(mapping.properties.get("BisectBatchOnFunctionError"))
    told = "ReportBatchItemFailures" in (mapping.properties.get("FunctionResponseTypes") or ())
    alone = split or told or number(mapping.properties.get("BatchSize")) == 1
    return "the record is" if alone else "the record and its whole batch are"


RULE = Rule(
    id="event-source-stream-retries",
    title="One bad record holds up a stream, or is lost",
    severity=Severity.MEDIUM,
    types=(EVENT_SOURCE_MAPPING,),
    needs=("configuration",),
    why="By default Lambda retries the batch until it expires, a day to a week; nothing behind it is processed.",
    remedy="A bound for retries, split batches, and a destination for what fails.",
    limits="A source that only an import or a parameter names is not judged.",
    check=check,
    misleads="The function's errors look like many failures; they are one.",
)
