"""Notifications that not even the dead letters got."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import TOPIC

RULE = Rule(
    "sns-redrive-fails",
    "Notifications cannot be put into the dead-letter queue",
    Severity.CRITICAL,
    (TOPIC,),
    MetricCount(
        (Measure(TOPIC, "NumberOfNotificationsFailedToRedriveToDlq"),),
        Measure(TOPIC, "NumberOfMessagesPublished"),
        "published message",
        "{name} lost {count} notifications: the dead-letter queue refused them",
    ),
    when="NumberOfNotificationsFailedToRedriveToDlq is above 0.",
    why="The notification failed, its dead-letter queue refuses it, and it is gone.",
    remedy="Allow sns.amazonaws.com to send to the queue (a queue policy with the topic's ARN).",
    limits="Subscriptions without a redrive policy lose silently and do not count here.",
    misleads="The dead-letter queue is empty, which looks like health.",
    runbook="dead-letters",
)
