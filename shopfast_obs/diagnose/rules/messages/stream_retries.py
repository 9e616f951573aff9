"""Streams that one bad record stops."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.event_sources import kind
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import at, entries, is_true, number
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, PIPE, Resource

PART = {"stream": "shard", "kafka": "partition"}


def judge(reader: Resource, context: Context) -> Judgement:
    """Found when what reads a stream or Kafka for a function or a pipe retries without an end, or drops what fails
    after its retries."""
    mapping = _of_pipe(reader) if reader.type == PIPE else reader
    source = kind(mapping, context)
    if not source:
        return Undecided("what its source is cannot be told")
    if source not in PART:
        return Passed("its source is no stream")
    attempts = number(mapping.properties.get("MaximumRetryAttempts", -1))
    age = number(mapping.properties.get("MaximumRecordAgeInSeconds", -1))
    if attempts is None or age is None:
        return Undecided("its MaximumRetryAttempts is left to a parameter")
    if attempts < 0 and age < 0:
        said = "neither MaximumRetryAttempts nor MaximumRecordAgeInSeconds"
        return Found(
            f"{reader.name} retries without an end: one bad record holds up its {PART[source]} until it expires",
            [configured(said, _place(reader, "MaximumRetryAttempts"), retries=-1)],
        )
    bound = f"{attempts:g} retries" if attempts >= 0 else f"{age:g} s"
    if at(mapping, "DestinationConfig.OnFailure"):
        return Passed(f"it gives up after {bound} and hands on what failed")
    return Found(
        f"{reader.name} gives up after {bound} and hands what failed to nobody: {_lost(mapping)} lost",
        [configured("nowhere to put what failed", _place(reader, "DestinationConfig"), bound=bound)],
        Remedy("A queue with an alarm for what failed."),
        severity=Severity.LOW,
    )


def _of_pipe(pipe: Resource) -> Resource:
    """The source of a pipe in the words of an event source mapping."""
    said = entries(pipe.properties.get("SourceParameters"))
    inner = next((entries(said[name]) for name in said if name.endswith(("StreamParameters", "KafkaParameters"))), {})
    properties = {"EventSourceArn": pipe.properties.get("Source"), **inner}
    if inner.get("DeadLetterConfig"):
        properties["DestinationConfig"] = {"OnFailure": inner["DeadLetterConfig"]}
    if inner.get("OnPartialBatchItemFailure") == "AUTOMATIC_BISECT":
        properties["BisectBatchOnFunctionError"] = True
    # Kafka as a source of a pipe takes none of these settings, so it is not judged.
    properties |= {"MaximumRetryAttempts": None} if any("Kafka" in name for name in said) else {}
    return replace(pipe, properties=properties)


def _place(reader: Resource, name: str) -> str:
    return "SourceParameters" if reader.type == PIPE else name


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
    types=(EVENT_SOURCE_MAPPING, PIPE),
    needs=("configuration",),
    why="By default Lambda retries the batch until it expires, a day to a week; nothing behind it is processed.",
    remedy="A bound for retries, split batches, and a destination (a pipe's `DeadLetterConfig`) for what fails.",
    limits="A source that only an import or a parameter names is not judged.",
    judge=judge,
    misleads="The function's errors look like many failures; they are one.",
)
