"""Event rules that hardly try."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import EVENT_RULE, Resource

LEAST = 3


def judge(rule: Resource, context: Context) -> Judgement:
    """Found when a target's RetryPolicy allows fewer than three retries or at most a minute, without
    a dead-letter queue."""
    targets = rule.properties.get("Targets") or []
    if not isinstance(targets, list) or not all(isinstance(target, dict) for target in targets):
        return Undecided("its Targets are left to a parameter")
    hasty = [t for t in targets if not t.get("DeadLetterConfig") and _hasty(t.get("RetryPolicy") or {})]
    if not hasty:
        return Passed("every target is retried long enough, or has a dead-letter queue")
    policy = hasty[0]["RetryPolicy"]
    attempts, age = policy.get("MaximumRetryAttempts", "185"), policy.get("MaximumEventAgeInSeconds", "86400")
    return Found(
        f"{rule.name} gives an event up after {attempts} retries or {age} s, and has no dead-letter queue for it",
        [configured(f"RetryPolicy {json.dumps(policy)}", "Targets.RetryPolicy", targets=len(hasty))],
        Remedy("The default (185 retries in 24 h), or a dead-letter queue for what is given up."),
    )


def _hasty(policy: Mapping[str, Any]) -> bool:
    attempts, age = number(policy.get("MaximumRetryAttempts")), number(policy.get("MaximumEventAgeInSeconds"))
    return (attempts is not None and attempts < LEAST) or (age is not None and age <= 60)


RULE = Rule(
    id="event-rule-gives-up",
    title="An event rule gives up early",
    severity=Severity.LOW,
    types=(EVENT_RULE,),
    needs=("configuration",),
    why="A target that is throttled for a minute loses every event of that minute.",
    remedy="Retries, and a dead-letter queue.",
    limits="A target for which old events are worthless is found, too.",
    judge=judge,
    misleads="FailedInvocations counts only what was given up.",
)
