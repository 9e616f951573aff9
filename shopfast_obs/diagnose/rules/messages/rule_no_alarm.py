"""Event rules that fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_RULE, Resource


def _enabled(rule: Resource, _: Context) -> str:
    return "it is disabled" if rule.properties.get("State") == "DISABLED" else ""


RULE = Rule(
    "event-rule-no-alarm",
    "No alarm watches the failed deliveries of an event rule",
    Severity.LOW,
    (EVENT_RULE,),
    MissingAlarm(
        ("FailedInvocations",), "RuleName", "{name} has no alarm on its failed deliveries: alarms watch {watched}"
    ),
    spared=_enabled,
    why="What a target refuses is gone, and no function has a log line about it.",
    limits="Whether the alarm names the bus, too, is for the check of alarms.",
)
