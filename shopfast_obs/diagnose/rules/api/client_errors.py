"""APIs and function URLs that refuse most of their requests."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import counted
from shopfast_obs.diagnose.functions.invocations import during
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural, share_of
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, HTTP_API, REST_API, WEBSOCKET, Resource

PAIRS = {
    FUNCTION: (Measure(FUNCTION, "Url4xxCount"), Measure(FUNCTION, "UrlRequestCount")),
    REST_API: (Measure(REST_API, "4XXError"), Measure(REST_API, "Count")),
    HTTP_API: (Measure(HTTP_API, "4xx"), Measure(HTTP_API, "Count")),
}
MANY, ENOUGH = 0.5, 20


def judge(resource: Resource, context: Context) -> Judgement:
    """Found when at least half of twenty requests or more to an API or a URL got a 4xx."""
    if resource.properties.get("ProtocolType") == WEBSOCKET:
        return Undecided("a WebSocket API has no metric of answers with 4xx")
    refused, total = (context.total(resource, measure) for measure in PAIRS[resource.type])
    if total < ENOUGH:
        return Undecided(f"{plural(total, 'request')}{during(context.window)}: too few to judge")
    if refused < MANY * total:
        return Passed(f"{share_of(refused, total)} of {plural(total, 'request')} got a 4xx")
    measure = PAIRS[resource.type][0]
    return Found(
        f"{resource.name} refuses {share_of(refused, total)} of its requests ({refused:,} of {total:,} got a 4xx)",
        [counted(f"{measure.name} {refused:,}", resource, measure, context, refused=refused, requests=total)],
        Remedy(
            "Log method and path of what is refused: a route, a payload version or a sign-in that changed on one side."
        ),
        confidence="likely",
        harm=float(refused),
    )


RULE = Rule(
    id="requests-refused",
    title="Most requests are refused with 4xx",
    severity=Severity.MEDIUM,
    types=tuple(PAIRS),
    needs=("metrics",),
    why="Half of the callers are wrong, or the service is: an event of payload version 2 read as version 1 is a 404.",
    remedy="Compare what callers send with what the handler reads.",
    limits="A scanner that tries paths looks the same.",
    judge=judge,
    lacking=missing_data.metrics,
    misleads="Latency is excellent and nothing fails.",
    measures=tuple(measure for pair in PAIRS.values() for measure in pair),
)
