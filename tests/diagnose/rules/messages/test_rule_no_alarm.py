"""Rule event-rule-no-alarm."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.rules.messages.rule_no_alarm import RULE
from shopfast_obs.model.resources import EVENT_RULE, Gap, Inventory, Resource
from shopfast_obs.model.telemetry import Observations, WatchedMetric
from tests.diagnose.builders import WINDOW, alarm, clear, declared, found, observed, undecided

IT = Resource(EVENT_RULE, "it", "It", arn="arn:it")


def test_found_when_nothing_watches() -> None:
    """Live or in a template."""
    for context in (observed(IT), declared(IT)):
        assert "it " in found(RULE.check(IT, context)).title


def test_clear_when_an_alarm_reads_it() -> None:
    """One of the telling metrics is enough."""
    watching = alarm("a", WatchedMetric("AWS/Events", "FailedInvocations", (("RuleName", "it"),)))
    assert clear(RULE.check(IT, observed(IT, alarms=[watching]))) == "alarms watch FailedInvocations"


def test_clear_when_it_is_disabled() -> None:
    """It delivers nothing."""
    off = Resource(EVENT_RULE, "off", properties={"State": "DISABLED"})
    assert clear(RULE.check(off, declared(off))) == "it is disabled"


def test_no_data_when_alarms_could_not_be_read() -> None:
    """Denied is not nothing."""
    context = Context(Inventory("x", (IT)), Observations(WINDOW, gaps=(Gap("alarms", "denied"),)))
    assert undecided(RULE.check(IT, context)) == "alarms: denied"
