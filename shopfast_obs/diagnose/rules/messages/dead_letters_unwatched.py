"""Dead-letter queues that fill without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.unwatched import unwatched
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import QUEUE, Resource


def _concerns(queue: Resource, context: Context) -> str:
    return "" if queue.name in context.dead_letter_queues else "it is no dead-letter queue"


RULE = unwatched(
    "sqs-dead-letters-unwatched",
    "No alarm watches a dead-letter queue",
    Severity.LOW,
    QUEUE,
    # They rise when a message arrives. NumberOfMessagesSent does not: a redriven message does not count as sent.
    ("ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"),
    says="{name} collects what failed, and no alarm watches it",
    dimension="QueueName",
    concerns=_concerns,
    why="A dead-letter queue that nobody looks into loses messages more slowly, but loses them.",
    limits="A queue counts as dead-letter queue when a resource of the same inventory names it as such.",
    misleads="NumberOfMessagesSent stays 0 when SQS itself moves a message there.",
    runbook="dead-letters",
)
