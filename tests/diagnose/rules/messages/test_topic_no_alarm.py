"""Rule sns-no-alarm."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.messages.topic_no_alarm import RULE
from shopfast_obs.model.resources import ALARM, SUBSCRIPTION, TOPIC, Gap, Inventory, Resource
from shopfast_obs.model.telemetry import Observations, WatchedMetric
from tests.diagnose.builders import WINDOW, alarm, clear, declared, found, observed, undecided

IT = Resource(TOPIC, "it", "It", arn="arn:it")
HEARS = Resource(SUBSCRIPTION, "s", properties={"TopicArn": "arn:it", "Protocol": "sqs", "Endpoint": "arn:q"})


def test_found_when_nothing_watches() -> None:
    """Live or in a template."""
    for context in (observed(IT, HEARS), declared(IT, HEARS)):
        assert "it " in found(RULE.check(IT, context)).title


def test_clear_when_an_alarm_reads_it() -> None:
    """One of the telling metrics is enough."""
    watching = alarm("a", WatchedMetric("AWS/SNS", "NumberOfNotificationsFailed", (("TopicName", "it"),)))
    assert clear(RULE.check(IT, observed(IT, HEARS, alarms=[watching]))) == "alarms watch NumberOfNotificationsFailed"


def test_no_data_when_alarms_could_not_be_read() -> None:
    """Denied is not nothing."""
    context = Context(Inventory("x", (IT, HEARS)), Observations(WINDOW, gaps=(Gap("alarms", "denied"),)))
    assert undecided(RULE.check(IT, context)) == "alarms: denied"


def test_clear_when_it_cannot_fail_or_could_not_tell() -> None:
    """Without subscribers nothing fails; what alarms notify is for somebody else to watch."""
    assert clear(RULE.check(IT, declared(IT))) == "nothing subscribes to it"
    told = Resource(ALARM, "a", properties={"AlarmActions": ["arn:it"]})
    assert clear(RULE.check(IT, declared(IT, HEARS, told))) == "alarms notify it"
