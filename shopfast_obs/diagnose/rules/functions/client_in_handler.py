"""AWS clients that are made anew for every request."""

from __future__ import annotations

from shopfast_obs.analysis.sizing.recommendation import cpu_share, percent
from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.callers import only_deployments_call
from shopfast_obs.diagnose.functions.invocations import Configured
from shopfast_obs.diagnose.functions.managed_instances import is_managed
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

SMALL = 256  # MB; from the measurements of the first boto3 client: 0.3 s there, 0.6 s at 128 MB


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the source makes an AWS client inside a function that does not keep it."""
    source = context.sources[function.name]
    if only_deployments_call(function, context):
        return Passed("only deployments call it")
    anew = [client for client in source.clients if client.in_function]
    if not anew:
        return Passed(f"{plural(len(source.clients), 'client')} made once an environment")
    size = Configured.of(function)
    small = size is not None and size.memory_mb <= SMALL and not is_managed(function)
    return Found(
        f"{function.name} makes {plural(len(anew), 'client')} in the request"
        + (f", at {percent(cpu_share(size.memory_mb))} of a vCPU" if size is not None and small else ""),
        [Evidence("source code", f"client of {c.service or 'AWS'}", c.place, {"line": c.line}) for c in anew[:3]],
        Remedy("Make the client at module level: the init runs at full speed, and the next requests have it."),
        severity=Severity.LOW if small else Severity.INFO,
        confidence="likely",
    )


RULE = Rule(
    id="lambda-client-in-handler",
    title="An AWS client is made in the request",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("source code",),
    why="The first boto3 client costs 0.6 s at 128 MB, in the request instead of in the init that runs at full speed.",
    remedy="Clients at module level, or behind a cache.",
    limits="Whether the function that makes it runs in every request is not known.",
    judge=judge,
    lacking=missing_data.source,
    misleads="The average looks fine: only the first request of each environment pays.",
)
