"""Queues whose consumer cannot keep up, or stands still."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import counted, some
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.measures import Measure
from shopfast_obs.diagnose.values import number
from shopfast_obs.model.findings import Outcome, Remedy, Severity
from shopfast_obs.model.resources import QUEUE, Resource

AGE = Measure(QUEUE, "ApproximateAgeOfOldestMessage", "Maximum")
OLD = 60  # seconds


def check(queue: Resource, context: Context) -> Outcome:
    """Found when the oldest message of a consumed queue is older than its visibility timeout, and gets older."""
    consumers = context.consumers(queue)
    if not consumers or queue.name in context.dead_letter_queues:
        return RULE.clear(queue, "no function consumes it")
    missing = context.missing("metrics")
    if missing:
        return RULE.unknown(queue, missing)
    series = context.measured(queue, AGE)
    if series is None:
        return RULE.unknown(queue, f"{AGE.name} has no points in the window")
    last, first = series.points[-1][1], series.points[0][1]
    patience = max(OLD, number(queue.effective("VisibilityTimeout")) or 0)
    if last <= patience or last <= first:
        return RULE.clear(queue, f"its oldest message is {last:.0f} s old")
    off = [m.name for m, _ in consumers if m.properties.get("Enabled") in (False, "false")]
    why = f"; {some(off)} is disabled" if off else ""
    return RULE.found(
        queue,
        f"{queue.name} is not worked off: its oldest message is {last:.0f} s old and gets older{why}",
        [counted(f"{first:.0f} s at first, {last:.0f} s at last", queue, AGE, context, first=first, last=last)],
        Remedy(
            "Look whether the consumer runs at all (errors, throttles, a disabled mapping), then at its concurrency."
        ),
        harm=last,
    )


RULE = Rule(
    id="sqs-age-grows",
    title="A queue is not worked off",
    severity=Severity.MEDIUM,
    types=(QUEUE,),
    needs=("configuration", "metrics"),
    why="Customers wait as long as the oldest message; after the retention period it is gone.",
    remedy="A consumer that runs, with enough concurrency.",
    limits="A single message that comes back again and again makes the queue look as old.",
    check=check,
    misleads="The depth stays the same when as much comes in as goes out.",
    measures=(AGE,),
)
