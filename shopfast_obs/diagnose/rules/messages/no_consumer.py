"""Queues that nobody reads."""

from __future__ import annotations

from shopfast_obs.analysis.wiring.delivery import consumers
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, counted
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, PIPE, QUEUE, Resource

DEPTH = Measure(QUEUE, "ApproximateNumberOfMessagesVisible", "Maximum")
AGE = Measure(QUEUE, "ApproximateAgeOfOldestMessage", "Maximum")
STOPPED = "STOPPED"  # a pipe's DesiredState


def judge(queue: Resource, context: Context) -> Judgement:
    """Found when messages lie in a queue that no function and no pipe reads and that is nobody's dead-letter queue."""
    served = _served(queue, context)
    if served is not None:
        return served
    depth, age = context.measured(queue, DEPTH), context.measured(queue, AGE)
    if depth is None:
        return Undecided(f"{DEPTH.name} has no points in the window")
    lying = int(depth.points[-1][1])
    if not lying:
        return Passed("it is empty")
    old = age.points[-1][1] if age else 0.0
    growing = age is not None and old > age.points[0][1]
    kept = number(queue.effective("MessageRetentionPeriod")) or 0
    numbers = {"messages": lying, "age": old, "retention": kept}
    return Found(
        f"{queue.name} has {plural(lying, 'message')} that nobody reads, the oldest {old:.0f} s old; after "
        f"{kept / 86_400:.0f} days they are gone",
        [
            configured("no event source mapping and no pipe names it", "EventSourceArn", mappings=0),
            counted(f"{lying:,} visible, oldest {old:.0f} s", queue, AGE, context, **numbers),
        ],
        Remedy("Give it a consumer (an event source mapping), or stop sending to it; alarm on the age."),
        severity=Severity.HIGH if growing else Severity.MEDIUM,
        confidence="likely",
        harm=float(lying),
    )


def _served(queue: Resource, context: Context) -> Judgement | None:
    """The outcome where somebody reads it, or nothing can be told."""
    if queue.name in context.dead_letter_queues:
        return Passed("it collects dead letters")
    missing = context.unread(EVENT_SOURCE_MAPPING) or context.unread(PIPE)
    if missing:
        return Undecided(missing)
    reading = [reader for reader in consumers(queue, context.references) if _reads(reader)]
    if reading:
        pipes = all(reader.type == PIPE for reader in reading)
        return Passed(f"read by {plural(len(reading), 'pipe' if pipes else 'event source mapping')}")
    missing = context.missing("metrics")
    said = "no function and no pipe reads it; whether anybody else does"
    return Undecided(f"{said}: {missing}") if missing else None


def _reads(reader: Resource) -> bool:
    """True for an event source mapping that is enabled, and for a pipe that is not stopped."""
    return reader.properties.get("Enabled") not in (False, "false") and reader.properties.get("DesiredState") != STOPPED


RULE = Rule(
    id="sqs-no-consumer",
    title="Nobody reads a queue",
    severity=Severity.HIGH,
    types=(QUEUE,),
    needs=("configuration", "metrics"),
    why="For days nothing seems to happen; then the messages expire, without an error anywhere.",
    remedy="A consumer.",
    limits="Consumers that poll by themselves (a container, a batch job) are not seen: hence likely.",
    judge=judge,
    misleads="The depth looks like load that will be worked off.",
    runbook="dead-letters",
    measures=(DEPTH, AGE),
)
