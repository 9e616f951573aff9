"""Messages that nobody could process."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data, skipped_resources
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import QUEUE, Resource

DEPTH = Measure(QUEUE, "ApproximateNumberOfMessagesVisible", "Maximum")


def judge(queue: Resource, context: Context) -> Judgement:
    """Found when a dead-letter queue has messages."""
    series = context.measured(queue, DEPTH)
    if series is None:
        return Undecided(f"{DEPTH.name} has no points in the window")
    count = int(series.points[-1][1])
    if not count:
        return Passed("it is empty")
    said = f"{DEPTH.name} is {count}"
    return Found(
        f"{queue.name} holds {plural(count, 'message')} that could not be processed",
        [Evidence("metrics", said, DEPTH.locator(queue), {"messages": count}, context.window)],
        Remedy(
            "Read one, mend the consumer, then redrive the queue.",
            f"aws sqs get-queue-url --queue-name {queue.name}",
        ),
        harm=float(count),
    )


RULE = Rule(
    id="sqs-dead-letters",
    title="A dead-letter queue has messages",
    severity=Severity.HIGH,
    types=(QUEUE,),
    needs=("configuration", "metrics"),
    why="Each is work that was promised and not done; after the retention period it is gone.",
    remedy="Read, mend, redrive.",
    limits="SQS reports metrics only for queues that were used in the last hours.",
    judge=judge,
    spared=skipped_resources.not_dead_letters,
    lacking=missing_data.metrics,
    misleads="Not every message in it is bad: without partial batch responses a batch goes there whole.",
    runbook="dead-letters",
    measures=(DEPTH,),
)
