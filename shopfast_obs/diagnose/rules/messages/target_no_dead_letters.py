"""Deliveries that vanish when their target fails: rules, schedules and subscriptions without a dead-letter queue."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import is_open
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import EVENT_RULE, SCHEDULE, SUBSCRIPTION, Resource

PLACE = {
    SUBSCRIPTION: "RedrivePolicy",
    EVENT_RULE: "Targets.DeadLetterConfig",
    SCHEDULE: "Target.DeadLetterConfig",
}


def judge(resource: Resource, context: Context) -> Judgement:
    """Found when a target or subscription has nowhere to put what it cannot deliver."""
    if resource.effective("State") in ("DISABLED", "disabled"):
        return Passed("it is disabled")
    if resource.type == SUBSCRIPTION:
        open_ends = [] if resource.properties.get("RedrivePolicy") else [_endpoint(resource)]
        total = 1
    elif resource.type == SCHEDULE:
        target = resource.properties.get("Target")
        if not isinstance(target, dict) or is_open(target):
            return Undecided("its Target is left to a parameter")
        open_ends, total = [] if target.get("DeadLetterConfig") else [resource.name], 1
    else:
        targets = resource.properties.get("Targets") or []
        if not isinstance(targets, list) or not all(isinstance(target, dict) for target in targets):
            return Undecided("its Targets are left to a parameter")
        open_ends = [str(t.get("Id", "?")) for t in targets if not t.get("DeadLetterConfig")]
        total = len(targets)
    if not open_ends:
        return Passed(f"{total} of {total} deliveries have a dead-letter queue")
    return Found(
        severity=Severity.INFO,
        title=f"{resource.name} drops what it cannot deliver ({len(open_ends)} of {total} without dead-letter queue)",
        evidence=(
            Evidence(
                "configuration",
                f"no dead-letter queue for {', '.join(open_ends)}",
                PLACE[resource.type],
                {"without": len(open_ends), "deliveries": total},
            ),
        ),
        remedy=Remedy("Give each a dead-letter queue, and the queue an alarm."),
        misleads="The publisher is told that all went well.",
    )


def _endpoint(subscription: Resource) -> str:
    endpoint = subscription.properties.get("Endpoint")
    return endpoint if isinstance(endpoint, str) and endpoint else subscription.name


RULE = Rule(
    id="delivery-no-dead-letters",
    title="A delivery has no dead-letter queue",
    severity=Severity.INFO,
    types=(EVENT_RULE, SUBSCRIPTION, SCHEDULE),
    needs=("configuration",),
    why="After its retries the event is gone, and no log has it.",
    remedy="`DeadLetterConfig` on the target, `RedrivePolicy` on the subscription.",
    limits="A target that is itself a queue rarely fails; the finding does not weigh that.",
    judge=judge,
)
