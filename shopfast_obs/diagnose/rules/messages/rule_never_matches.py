"""Event rules past which all events go."""

from __future__ import annotations

import json

from shopfast_obs.analysis.traces.outcome import operation
from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import counted
from shopfast_obs.diagnose.functions.invocations import during
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import EVENT_RULE, Resource

MATCHED = Measure(EVENT_RULE, "MatchedEvents")


def _scheduled(rule: Resource, _: Context) -> str:
    return "" if rule.properties.get("EventPattern") else "it has no pattern"


def judge(rule: Resource, context: Context) -> Judgement:
    """Found when functions put events in traces, and neither this rule nor another one of the bus matched any."""
    bus = rule.properties.get("EventBusName")
    siblings = [r for r in context.inventory.of_type(EVENT_RULE) if r.properties.get("EventBusName") == bus]
    matched = {sibling.name: context.total(sibling, MATCHED) for sibling in siblings}
    if matched[rule.name]:
        return Passed(f"it matched {plural(matched[rule.name], 'event')}")
    others = {name: count for name, count in matched.items() if count}
    puts = context.once("puts", lambda: _puts(context))
    if not others and not puts:
        return Undecided(f"nothing shows that events were put on its bus{during(context.window)}")
    seen = (
        f"its siblings matched {max(others.values()):,}"
        if others
        else f"traces show {plural(len(puts), 'PutEvents call')}"
    )
    return Found(
        f"{rule.name} matched no event, and {seen}",
        [
            counted(f"MatchedEvents 0; {seen}", rule, MATCHED, context, matched=0, put=len(puts)),
            Evidence(
                "configuration",
                f"EventPattern {json.dumps(rule.properties['EventPattern'])}",
                "EventPattern",
                {"rules_on_bus": len(siblings)},
            ),
            *(
                [
                    Evidence(
                        "traces",
                        f"{plural(len(puts), 'PutEvents call')}",
                        puts[0],
                        {"puts": len(puts)},
                        context.window,
                        tuple(puts[:3]),
                    )
                ]
                if puts
                else []
            ),
        ],
        Remedy("Compare the pattern with one real event (an archive or a catch-all rule shows it)."),
        # A rule for rare events is silent in a short window; events that no rule at all takes are lost.
        severity=Severity.INFO if others else Severity.HIGH,
        confidence="possible" if others else "likely",
        harm=0.0 if others else float(len(puts)),
    )


def _puts(context: Context) -> list[str]:
    """The traces in which somebody put events."""
    traces = context.observations.traces if context.observations else ()
    return [trace.id for trace in traces if any(operation(part) == "PutEvents" for part in trace.walk())]


RULE = Rule(
    id="event-rule-never-matches",
    title="Events are put, and a rule matches none",
    severity=Severity.HIGH,
    types=(EVENT_RULE,),
    needs=("metrics", "traces", "configuration"),
    why="What no rule matches is gone: published, accepted, delivered to nobody.",
    remedy="A pattern that matches what is really sent.",
    limits="Which bus a traced PutEvents went to, the trace does not say. A rule for rare events is an information.",
    judge=judge,
    spared=_scheduled,
    lacking=missing_data.metrics,
    misleads="Nothing fails: a filtered event is neither an error nor a dead letter.",
    runbook="delivery-failures",
    measures=(MATCHED,),
)
