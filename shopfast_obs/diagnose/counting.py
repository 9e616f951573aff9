"""Rules about what a metric counts: anything above nothing is a finding, as grave as its share of the traffic."""

from __future__ import annotations

from collections.abc import Callable

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule, plural, share_of
from shopfast_obs.diagnose.invocations import during
from shopfast_obs.diagnose.measures import Measure
from shopfast_obs.diagnose.setting import Concerns, always
from shopfast_obs.model.findings import Evidence, Outcome, Remedy, Severity
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource

Detail = Callable[[Resource, Context], str]
MANY = 0.01  # share of the traffic from which on the rule's own severity is meant


@record
class Count:
    """What is counted. `bad` is summed up; `traffic` says how much there was to do. `says` is the title with {name},
    {count}, {share} and {total}; `detail` adds to the evidence."""

    bad: tuple[Measure, ...]
    traffic: Measure
    noun: str  # what the traffic consists of
    says: str
    command: str = ""
    within: bool = True  # what is bad is a part of the traffic, not beside it
    detail: Detail | None = None


def counting(
    id: str,  # noqa: A002 - a rule's own word
    title: str,
    severity: Severity,
    type_: str,
    one: Count,
    *,
    when: str,
    why: str,
    remedy: str,
    limits: str,
    misleads: str = "",
    runbook: str = "",
    concerns: Concerns = always,
) -> Rule:
    """The rule that finds a count above zero; `concerns` says why a resource is none that it is about."""

    def check(resource: Resource, context: Context) -> Outcome:
        reason = concerns(resource, context)
        if reason:
            return rule.clear(resource, reason)
        missing = context.missing("metrics")
        if missing:
            return rule.unknown(resource, missing)
        counts = {measure: context.total(resource, measure) for measure in one.bad}
        count, traffic = sum(counts.values()), context.total(resource, one.traffic)
        if not count and not traffic:
            return rule.unknown(resource, f"no {one.noun} at all{during(context.window)}")
        if not count:
            return rule.clear(resource, f"none in {plural(traffic, one.noun)}")
        total = max(traffic, count) if one.within else traffic + count
        share = count / total
        detail = one.detail(resource, context) if one.detail else ""
        worst = max(counts, key=lambda measure: counts[measure])
        named = ", ".join(f"{measure.name} {value:,}" for measure, value in counts.items() if value)
        return rule.found(
            resource,
            one.says.format(name=resource.name, count=f"{count:,}", share=share_of(count, total), total=f"{total:,}"),
            [
                Evidence(
                    "metrics",
                    f"{named} beside {one.traffic.name} {traffic:,}" + (f"; {detail}" if detail else ""),
                    worst.locator(resource),
                    {"count": count, "traffic": traffic, "share": share},
                    context.window,
                )
            ],
            Remedy(remedy.replace("`", ""), one.command.format(name=resource.name, arn=resource.arn)),
            severity=severity if share >= MANY else Severity(max(Severity.LOW, severity - 1)),
            harm=float(count),
        )

    check.__doc__ = f"Found when {when}"
    rule = Rule(
        id=id,
        title=title,
        severity=severity,
        types=(type_,),
        needs=("metrics",),
        why=why,
        remedy=remedy,
        limits=limits,
        check=check,
        misleads=misleads,
        runbook=runbook,
        measures=(*one.bad, one.traffic),
    )
    return rule
