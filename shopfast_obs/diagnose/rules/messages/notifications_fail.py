"""Notifications that their subscribers do not take."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import TOPIC

RULE = Rule(
    "sns-deliveries-fail",
    "Notifications cannot be delivered",
    Severity.HIGH,
    (TOPIC,),
    MetricCount(
        (Measure(TOPIC, "NumberOfNotificationsFailed"),),
        Measure(TOPIC, "NumberOfMessagesPublished"),
        "published message",
        "{name} cannot deliver {count} notifications of {total} published messages",
    ),
    when="NumberOfNotificationsFailed is above 0.",
    why="After the retries the notification is gone, unless the subscription has a redrive policy.",
    remedy="Look at the subscription's endpoint and its policy; give it a redrive policy.",
    limits="Every subscriber counts: one message can fail several times.",
    misleads="Publishing succeeds.",
    runbook="delivery-failures",
)
