"""Alarms that nobody hears."""

from __future__ import annotations

import re

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import ALARM, LOG_ALARM, Resource

COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
# Route 53 health checks, CodeDeploy, AppConfig, CloudFormation's rollback and Application Auto Scaling
READING = ("HealthCheckConfig", "AlarmConfiguration", "Monitors", "AlarmIdentifier", "Alarms")
QUOTED = re.compile(r"\"([^\"]+)\"")


def _read_by_another(alarm: Resource, context: Context) -> str:
    """Composite alarms, health checks and deployments read the states of alarms that have no action of their own."""
    index = context.once("read alarms", lambda: _readers(context))
    reader = index.get(alarm.reference or alarm.identifier) or index.get(alarm.identifier)
    return f"{reader} reads it" if reader else ""


def _readers(context: Context) -> dict[str, str]:
    """By each alarm, under both its names, what reads it."""
    found: dict[str, str] = {}
    for reader in context.inventory.resources:
        if reader.type not in (ALARM, LOG_ALARM):
            for read in (
                *context.references.named(_read(reader), ALARM),
                *context.references.named(_read(reader), LOG_ALARM),
            ):
                found |= dict.fromkeys({read.reference, read.identifier} - {""}, reader.name)
    return found


def _read(reader: Resource) -> object:
    """The properties in which a resource names alarms; a composite alarm's rule has them in quotes."""
    if reader.type == COMPOSITE:
        rule = reader.properties.get("AlarmRule")
        return [rule, *QUOTED.findall(rule)] if isinstance(rule, str) else rule
    return [reader.properties[name] for name in READING if name in reader.properties]


RULE = Rule(
    "alarm-notifies-nobody",
    "An alarm notifies nobody",
    Severity.INFO,
    (ALARM, LOG_ALARM),
    Property("AlarmActions", bool, "{name} has no action: it turns red, and nobody is told"),
    spared=_read_by_another,
    when="AlarmActions is empty.",
    why="An alarm is for waking someone; without an action somebody has to look at the right moment.",
    remedy="An action: `alarms apply` makes a topic for them; subscribe to it.",
    limits="A reader of the alarm outside of the inventory is not seen.",
    misleads="It is listed with all the others.",
)
