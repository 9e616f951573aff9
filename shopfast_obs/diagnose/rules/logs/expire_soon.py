"""Logs that are gone when somebody looks."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.diagnose.log_retention import elsewhere
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import LOG_GROUP, Resource

DAYS = 7


def _kept(group: Resource, context: Context) -> str:
    """Who else decides: a class that takes no retention, or a policy of the account (of 30 days at least)."""
    kept = elsewhere(group, context)
    return kept.reason if kept else ""


RULE = Rule(
    "logs-expire-soon",
    "Logs are kept for a few days only",
    Severity.LOW,
    (LOG_GROUP,),
    Property(
        "RetentionInDays",
        lambda value: value is None or (number(value) or 0) >= DAYS,
        "{name} keeps its logs for less than a week (RetentionInDays {value}): what happened last week is gone",
        after=14,
        because="an incident is looked up days later",
        command="shopfast-obs fix --apply",
    ),
    spared=_kept,
    when="RetentionInDays is less than a week.",
    why="Incidents are understood days later, and compared with last week.",
    remedy="`RetentionInDays: 14` or 30.",
    limits="An export to S3 before they expire is not looked for.",
    misleads='An empty query reads as "no errors".',
)
