"""Queues whose consumer cannot keep up, or stands still."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import counted, some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import QUEUE, Resource

AGE = Measure(QUEUE, "ApproximateAgeOfOldestMessage", "Maximum")
OLD = 60  # seconds


def _unread(queue: Resource, context: Context) -> str:
    read = context.consumers(queue) and queue.name not in context.dead_letter_queues
    return "" if read else "no function consumes it"


def judge(queue: Resource, context: Context) -> Judgement:
    """Found when the oldest message of a consumed queue is older than its visibility timeout, and gets older."""
    consumers = context.consumers(queue)
    series = context.measured(queue, AGE)
    if series is None:
        return Undecided(f"{AGE.name} has no points in the window")
    last, first = series.points[-1][1], series.points[0][1]
    patience = max(OLD, number(queue.effective("VisibilityTimeout")) or 0)
    if last <= patience or last <= first:
        return Passed(f"its oldest message is {last:.0f} s old")
    off = [m.name for m, _ in consumers if m.properties.get("Enabled") in (False, "false")]
    why = f"; {some(off)} is disabled" if off else ""
    return Found(
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
    judge=judge,
    spared=_unread,
    lacking=missing_data.metrics,
    misleads="The depth stays the same when as much comes in as goes out.",
    measures=(AGE,),
)
