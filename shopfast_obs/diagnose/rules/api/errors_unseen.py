"""APIs that fail while their functions count no error."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import counted
from shopfast_obs.diagnose.functions.callers import doors
from shopfast_obs.diagnose.functions.invocations import during
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural, share_of
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, HTTP_API, REST_API, Resource

FAILED = {REST_API: Measure(REST_API, "5XXError"), HTTP_API: Measure(HTTP_API, "5xx")}
COUNT = {type_: Measure(type_, "Count") for type_ in FAILED}
ERRORS = Measure(FUNCTION, "Errors")
MANY = 0.01


def judge(api: Resource, context: Context) -> Judgement:
    """Found when requests got a 5xx; the title says how many of them no function behind the API counts as an error."""
    if api.properties.get("ProtocolType") == "WEBSOCKET":
        return Undecided("a WebSocket API has no metric of answers with 5xx")
    measure = FAILED[api.type]
    failed, total = context.total(api, measure), context.total(api, COUNT[api.type])
    if not total and not failed:
        return Undecided(f"no request{during(context.window)}")
    if not failed:
        return Passed(f"none of {plural(total, 'request')} got a 5xx")
    behind = [
        f
        for f in context.inventory.of_type(FUNCTION)
        if any(_is_of(d.resource, api, context) for d in doors(f, context))
    ]
    errors = sum(context.total(function, ERRORS) for function in behind)
    hidden = max(0, failed - errors)
    return Found(
        f"{api.name} fails {share_of(failed, total)} of its requests ({failed:,} of {total:,} got a 5xx)"
        + (f", {hidden:,} of them no error of a function" if hidden else ""),
        [counted(f"{measure.name} {failed:,}, Errors {errors:,}", api, measure, context, failed=failed, errors=errors)],
        Remedy("Read the access log or the traces of the failed requests: status, integration status, latency."),
        severity=Severity.HIGH if failed >= MANY * total else Severity.MEDIUM,
        harm=float(failed),
    )


def _is_of(integration: Resource, api: Resource, context: Context) -> bool:
    named = integration.properties.get("RestApiId") or integration.properties.get("ApiId")
    return context.references.names(named, api)


RULE = Rule(
    id="api-errors",
    title="An API answers with 5xx",
    severity=Severity.HIGH,
    types=tuple(FAILED),
    needs=("metrics", "configuration"),
    why="This is what customers get: timeouts, refused calls and 500s that the handler writes itself.",
    remedy="Find the requests, then the cause.",
    limits="REST and HTTP APIs; WebSocket APIs have no such metric. Functions behind several APIs count for each.",
    judge=judge,
    lacking=missing_data.metrics,
    misleads="A 500 that the handler answers is a success for Lambda: Errors stays at 0.",
    runbook="api-5xx",
    measures=(*FAILED.values(), *COUNT.values(), ERRORS),
)
