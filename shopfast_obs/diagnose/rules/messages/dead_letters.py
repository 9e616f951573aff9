"""Messages that nobody could process."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Context, Rule, plural
from shopfast_obs.diagnose.queues import is_dead_letter_queue
from shopfast_obs.model.findings import Clear, Evidence, Finding, NotEnoughData, Outcome, Remedy, Severity
from shopfast_obs.model.resources import QUEUE, Resource

ID = "sqs-dead-letters"
METRIC = "ApproximateNumberOfMessagesVisible"


def check(queue: Resource, context: Context) -> Outcome:
    """Found when a dead-letter queue has messages."""
    if not is_dead_letter_queue(queue, context):
        return Clear(ID, queue.name, "it is no dead-letter queue")
    missing = context.missing("metrics")
    if missing:
        return NotEnoughData(ID, queue.name, missing)
    series = context.metric("AWS/SQS", METRIC, QueueName=queue.name)
    if series is None:
        return NotEnoughData(ID, queue.name, f"{METRIC} has no points in the window")
    count = int(series.points[-1][1])
    if not count:
        return Clear(ID, queue.name, "it is empty")
    return Finding(
        rule=ID,
        severity=Severity.HIGH,
        resource_type=QUEUE,
        resource=queue.name,
        title=f"{queue.name} holds {plural(count, 'message')} that could not be processed",
        evidence=(
            Evidence(
                "metrics",
                f"{METRIC} is {count}",
                f"AWS/SQS {METRIC} QueueName={queue.name}",
                {"messages": count},
                context.window,
            ),
        ),
        remedy=Remedy(
            "Read one, mend the consumer, then redrive the queue.",
            f"aws sqs get-queue-url --queue-name {queue.name}",
        ),
        misleads="Not every message in it is bad: without partial batch responses a batch goes there whole.",
        harm=float(count),
    )


RULE = Rule(
    id=ID,
    title="A dead-letter queue has messages",
    severity=Severity.HIGH,
    types=(QUEUE,),
    needs=("configuration", "metrics"),
    why="Each is work that was promised and not done; after the retention period it is gone.",
    remedy="Read, mend, redrive.",
    limits="SQS reports metrics only for queues that were used in the last hours.",
    check=check,
    runbook="dead-letters",
)
