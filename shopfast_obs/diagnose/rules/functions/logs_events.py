"""Functions that log every event as a whole."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.callers import only_deployments_call
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the source prints or logs the whole event of a handler."""
    source = context.sources[function.name]
    if not source.dumps:
        return Passed("its source logs no whole event")
    deploys = only_deployments_call(function, context)
    holds = "the address that answers CloudFormation and all properties" if deploys else "whatever they hold"
    return Found(
        f"{function.name} logs whole events, with {holds}",
        [
            Evidence("source code", "the whole event", place, {"places": len(source.dumps)})
            for place in source.dumps[:3]
        ],
        Remedy("Log the fields that are needed (ids, method, path), or the event at DEBUG with keys removed."),
        severity=Severity.INFO if deploys else Severity.LOW,
    )


RULE = Rule(
    id="lambda-logs-events",
    title="The function logs whole events",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("source code",),
    why="An event holds headers, tokens, addresses and baskets; and its size is paid for by the gigabyte.",
    remedy="Fields instead of events.",
    limits="Reads Python sources of the project; a dump by a library is not seen.",
    judge=judge,
    lacking=missing_data.source,
    misleads="It is the handiest line while developing.",
)
