"""Dead-letter queues that fill without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose import skipped_resources
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import QUEUE

# They rise when a message arrives. NumberOfMessagesSent does not: a redriven message does not count as sent.
TELLING = ("ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage")

RULE = Rule(
    "sqs-dead-letters-unwatched",
    "No alarm watches a dead-letter queue",
    Severity.LOW,
    (QUEUE,),
    MissingAlarm(
        TELLING,
        "QueueName",
        "{name} collects what failed, and no alarm watches it",
    ),
    spared=skipped_resources.not_dead_letters,
    why="A dead-letter queue that nobody looks into loses messages more slowly, but loses them.",
    limits="A queue counts as dead-letter queue when a resource of the same inventory names it as such.",
    misleads="NumberOfMessagesSent stays 0 when SQS itself moves a message there.",
    runbook="dead-letters",
)
