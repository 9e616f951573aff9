"""Topics that fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.analysis.wiring.delivery import subscriptions
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import ALARM, TOPIC, Resource


def _concerns(topic: Resource, context: Context) -> str:
    if context.naming(topic, ALARM, "AlarmActions"):
        return "alarms notify it"
    return "" if subscriptions(topic, context.references) else "nothing subscribes to it"


RULE = Rule(
    "sns-no-alarm",
    "No alarm watches the failed notifications of a topic",
    Severity.INFO,
    (TOPIC,),
    MissingAlarm(
        ("NumberOfNotificationsFailed", "NumberOfNotificationsRedrivenToDlq"),
        "TopicName",
        "{name} has no alarm on its failed notifications: alarms watch {watched}",
    ),
    spared=_concerns,
    why="What a subscriber refuses is gone, unless it has a dead-letter queue with an alarm.",
    limits="A dead-letter queue with an alarm of its own serves as well, and is not taken into account. A topic "
    "that alarms notify is left out.",
)
