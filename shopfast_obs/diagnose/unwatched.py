"""Rules about resources that fail without anyone being told: no alarm reads the metrics that would tell."""

from __future__ import annotations

from collections.abc import Sequence

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.measures import NAMESPACE
from shopfast_obs.diagnose.setting import Concerns, always
from shopfast_obs.diagnose.watching import count, perhaps, watches
from shopfast_obs.model.findings import Evidence, Outcome, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, LOG_ALARM, Resource

MISLEADS = "A dashboard without red is not health: nothing is looking."


def unwatched(
    id: str,  # noqa: A002 - a rule's own word
    title: str,
    severity: Severity,
    type_: str,
    telling: Sequence[str],
    *,
    says: str,
    dimension: str,
    why: str,
    limits: str,
    namespace: str = "",
    concerns: Concerns = always,
    misleads: str = MISLEADS,
    runbook: str = "02-make-it-visible",
) -> Rule:
    """The rule that finds a resource of which no alarm reads any of the telling metrics. The catalogue has a kind of
    alarm for what the rule finds."""
    where = namespace or NAMESPACE.get(type_, NAMESPACE[FUNCTION])

    def check(resource: Resource, context: Context) -> Outcome:
        reason = concerns(resource, context)
        if reason:
            return rule.clear(resource, reason)
        missing = context.missing("alarms") if context.observations else ""
        if missing:
            return rule.unknown(resource, missing)
        watched = watches(resource, where, dimension, context)
        seen = sorted(watched & set(telling))
        if seen:
            return rule.clear(resource, f"alarms watch {', '.join(seen)}")
        doubt = perhaps(resource, (where, dimension), telling, context)
        if doubt:
            return rule.unknown(resource, doubt)
        return rule.found(
            resource,
            says.format(
                name=resource.name, watched=f"only {', '.join(sorted(watched))}" if watched else "nothing of it"
            ),
            [
                Evidence(
                    "alarms",
                    f"no alarm reads {' or '.join(telling)}",
                    f"{where} {dimension}={resource.name}",
                    {"alarms_on_it": len(watched), "metrics_in_alarms": count(context)},
                    context.window,
                )
            ],
            Remedy("Derive alarms from the configuration.", "shopfast-obs alarms apply"),
            severity=Severity.LOW if watched else severity,
            # Nobody's SDK tells of kinds of alarms that are younger than itself.
            confidence="likely" if context.unread(LOG_ALARM) else "certain",
        )

    check.__doc__ = f"Found when no alarm reads {' or '.join(telling)} of it."
    rule = Rule(
        id=id,
        title=title,
        severity=severity,
        types=(type_,),
        needs=("configuration", "alarms"),
        why=why,
        remedy="`alarms apply` derives alarms with thresholds from the configuration (a template: `--template`).",
        limits=limits,
        check=check,
        misleads=misleads,
        runbook=runbook,
    )
    return rule
