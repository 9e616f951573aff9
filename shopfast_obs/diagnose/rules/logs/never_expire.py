"""Logs that are kept for ever."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context, log_group
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.log_retention import Retention, by_policy, elsewhere
from shopfast_obs.model.findings import (
    Evidence,
    PropertyChange,
    Remedy,
    Severity,
)
from shopfast_obs.model.references import is_open
from shopfast_obs.model.resources import FUNCTION, LOG_GROUP, Resource

DAYS = 30


def judge(resource: Resource, context: Context) -> Judgement:
    """Found for a log group without RetentionInDays that no policy of the account keeps for a time, and for a function
    in a template that declares none."""
    if resource.type == LOG_GROUP:
        return _group(resource, context)
    name = log_group(resource)
    if name in context.log_groups:
        return Passed(f"its log group {name} is judged by itself")
    if context.observations is not None:
        return Undecided(f"its log group {name} is not there yet")
    kept = by_policy(name, context)
    if kept is not None:
        return _ruled(resource, kept)
    # A function without a name of the template's has a log group without one.
    called = "one" if is_open(name) else name
    said = f"{resource.name} has no log group in the template: Lambda will create {called} without retention"
    what = "its log group, whose name /aws/lambda/ and the function's make," if is_open(name) else name
    return _finding(resource, said, Remedy(f"Declare {what} with RetentionInDays: {DAYS}."))


def _ruled(resource: Resource, kept: Retention) -> Judgement:
    """The outcome where somebody else decides: nothing that is written into the group would change it."""
    if not kept.certain:
        return Undecided(kept.reason)
    if kept.days is not None:
        return Passed(kept.reason)
    return Found(
        f"The account keeps the logs of {resource.name} for ever",
        [Evidence("configuration", kept.reason, "RetentionInDays", {"days": "never"})],
        Remedy("Change the account's retention policy: it is in force whatever the log group says."),
    )


def _group(group: Resource, context: Context) -> Judgement:
    kept = elsewhere(group, context)
    if kept is not None:
        return _ruled(group, kept)
    days = group.properties.get("RetentionInDays")
    if isinstance(days, dict):
        return Undecided("its RetentionInDays is left to a parameter")
    if days:
        return Passed(f"kept for {days} days")
    change = PropertyChange(LOG_GROUP, group.name, "RetentionInDays", None, DAYS, "old logs cost and reveal")
    # What no stack owns has no template to be changed in.
    remedy = (
        Remedy(f"RetentionInDays {DAYS}.", "shopfast-obs fix --apply", (change,))
        if group.logical_id
        else Remedy(
            f"RetentionInDays {DAYS}.",
            f"aws logs put-retention-policy --log-group-name {group.name} --retention-in-days {DAYS}",
        )
    )
    return _finding(group, f"{group.name} keeps its logs for ever", remedy)


def _finding(resource: Resource, title: str, remedy: Remedy) -> Found:
    return Found(
        severity=Severity.LOW,
        title=title,
        evidence=(Evidence("configuration", "RetentionInDays is not set", "RetentionInDays", {"days": "never"}),),
        remedy=remedy,
    )


RULE = Rule(
    id="logs-never-expire",
    title="Logs are kept for ever",
    severity=Severity.LOW,
    types=(LOG_GROUP, FUNCTION),
    needs=("configuration",),
    why="Storage is paid for every month, and what was logged by mistake stays.",
    remedy=f"`RetentionInDays: {DAYS}`, or what the law asks for; `fix` writes it.",
    limits="An export to S3 before the logs expire is not looked for. A template does not tell the retention policies "
    "of the account that it is deployed to, which override it.",
    judge=judge,
)
