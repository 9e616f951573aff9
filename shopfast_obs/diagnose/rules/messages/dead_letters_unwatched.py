"""Dead-letter queues that fill without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Context, Rule
from shopfast_obs.diagnose.queues import is_dead_letter_queue
from shopfast_obs.model.findings import Clear, Evidence, Finding, NotEnoughData, Outcome, Remedy, Severity
from shopfast_obs.model.resources import QUEUE, Resource

ID = "sqs-dead-letters-unwatched"
# Metrics that rise when a message arrives. NumberOfMessagesSent does not: a redriven message does not count as sent.
TELLING = frozenset({"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"})


def check(queue: Resource, context: Context) -> Outcome:
    """Found when no alarm reads the depth or the age of a dead-letter queue."""
    if not is_dead_letter_queue(queue, context):
        return Clear(ID, queue.name, "it is no dead-letter queue")
    missing = context.missing("alarms") if context.observations else ""
    if missing:
        return NotEnoughData(ID, queue.name, missing)
    watched = context.watches(queue, "AWS/SQS", "QueueName")
    if watched & TELLING:
        return Clear(ID, queue.name, f"an alarm watches {', '.join(sorted(watched & TELLING))}")
    return Finding(
        rule=ID,
        severity=Severity.LOW,
        resource_type=QUEUE,
        resource=queue.name,
        title=f"{queue.name} collects what failed, and no alarm watches it",
        evidence=(
            Evidence(
                "alarms",
                "no alarm reads its depth or age",
                f"AWS/SQS QueueName={queue.name}",
                {"alarms_on_it": len(watched)},
                context.window,
            ),
        ),
        remedy=Remedy("Alarm on depth above zero.", "shopfast-obs alarms apply"),
        misleads="NumberOfMessagesSent stays 0 when SQS itself moves a message there.",
    )


RULE = Rule(
    id=ID,
    title="No alarm watches a dead-letter queue",
    severity=Severity.LOW,
    types=(QUEUE,),
    needs=("configuration", "alarms"),
    why="A dead-letter queue that nobody looks into loses messages more slowly, but loses them.",
    remedy="`alarms apply` puts an alarm on its depth.",
    limits="A queue counts as dead-letter queue when a resource of the same inventory names it as such.",
    check=check,
    runbook="dead-letters",
)
