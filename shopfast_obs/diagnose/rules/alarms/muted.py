"""Alarms that a mute rule keeps quiet most of the time."""

from __future__ import annotations

from shopfast_obs.analysis.sizing.recommendation import percent
from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.alarms.mute_rules import TYPES, muted
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import MUTE_RULE, Resource

MOST = 0.5


def judge(alarm: Resource, context: Context) -> Judgement:
    """Found when one mute rule mutes the alarm for half of the time or more."""
    rules = muted(alarm, context)
    worst = max(rules, key=lambda one: one.share or 0.0, default=None)
    if worst is not None and (worst.share or 0.0) >= MOST:
        share = percent(worst.share or 0.0)
        return Found(
            f"{alarm.name} is muted {share} of the time by {worst.rule}: it turns red, and nobody is told",
            [configured(f"{worst.rule} mutes it: {worst.said}", "MuteTargets", share=worst.share or 0.0)],
            Remedy("A shorter window, or one for the deployments alone; an alarm that nobody wants goes."),
        )
    unread = [one for one in rules if one.share is None]
    if unread:
        return Undecided(f"the schedule of the mute rule {unread[0].rule} is left to the deployment")
    told = "; ".join(f"{one.rule} mutes it {one.said}" for one in rules)
    return Passed(told or "no mute rule names it")


RULE = Rule(
    id="alarm-muted",
    title="An alarm is muted most of the time",
    severity=Severity.LOW,
    types=TYPES,
    needs=("configuration",),
    why="A muted alarm changes its state and tells nobody: a failure that begins in the window is told when it ends, "
    "and one that begins and ends in it is not told at all.",
    remedy="Windows for the deployments alone.",
    limits="Each rule is judged by itself; a rule that names no alarm of the inventory is not.",
    judge=judge,
    lacking=missing_data.resources(MUTE_RULE),
    misleads="Its actions are enabled and lead somewhere.",
)
