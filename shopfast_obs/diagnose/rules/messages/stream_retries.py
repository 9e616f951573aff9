"""Streams that one bad record stops."""

from __future__ import annotations

import json

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.values import at, is_open, is_true, number
from shopfast_obs.model.findings import Outcome, Remedy, Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, Resource

STREAMS = (":kinesis:", ":dynamodb:", "StreamArn", "Stream")


def check(mapping: Resource, context: Context) -> Outcome:
    """Found when a stream's mapping retries without an end, and neither splits a batch nor hands on what fails."""
    said = json.dumps(mapping.properties.get("EventSourceArn"), default=str)
    if not any(word in said for word in STREAMS):
        return RULE.clear(mapping, "its source is no stream")
    attempts = mapping.properties.get("MaximumRetryAttempts", -1)
    age = mapping.properties.get("MaximumRecordAgeInSeconds", -1)
    if is_open(attempts) or is_open(age):
        return RULE.unknown(mapping, "its MaximumRetryAttempts is left to a parameter")
    missing = []
    if number(attempts) == -1 and number(age) == -1:
        missing.append("retries without an end")
    if not is_true(mapping.properties.get("BisectBatchOnFunctionError")):
        missing.append("never splits a batch")
    if not at(mapping, "DestinationConfig.OnFailure"):
        missing.append("hands what fails to nobody")
    if not missing:
        return RULE.clear(mapping, "it bounds its retries, splits batches and has a destination")
    return RULE.found(
        mapping,
        f"{mapping.name} {', '.join(missing)}: one bad record can hold up its shard",
        [configured(", ".join(missing), "MaximumRetryAttempts", missing=len(missing))],
        Remedy("MaximumRetryAttempts, BisectBatchOnFunctionError: true and DestinationConfig.OnFailure."),
        severity=Severity.MEDIUM if "retries without an end" in missing else Severity.LOW,
    )


RULE = Rule(
    id="event-source-stream-retries",
    title="One bad record holds up a stream",
    severity=Severity.MEDIUM,
    types=(EVENT_SOURCE_MAPPING,),
    needs=("configuration",),
    why="By default Lambda retries the batch until it expires, a day to a week; nothing behind it is processed.",
    remedy="A bound for retries, split batches, and a destination for what fails.",
    limits="A handler that reports the failures of single records needs less.",
    check=check,
    misleads="The function's errors look like many failures; they are one.",
)
