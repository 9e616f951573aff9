"""SDK clients that wait longer than their function may run."""

from __future__ import annotations

from shopfast_obs.diagnose.callers import only_deployments_call
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule, plural
from shopfast_obs.diagnose.requests import of_verdict
from shopfast_obs.diagnose.values import number
from shopfast_obs.model.findings import Evidence, Outcome, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.sources import Client

CONNECT, READ, ATTEMPTS = 60.0, 60.0, 3  # botocore's defaults; its older retry mode makes five attempts


def check(function: Resource, context: Context) -> Outcome:
    """Found when a client of the source may wait (connect + read) x attempts longer than the function's Timeout."""
    source = context.sources.get(function.name)
    if source is None:
        return RULE.unknown(function, "its source is not here")
    if only_deployments_call(function, context):
        return RULE.clear(function, "only deployments call it")
    timeout = number(function.effective("Timeout"))
    if timeout is None:
        return RULE.unknown(function, "its Timeout is left to a parameter")
    if not source.clients:
        return RULE.clear(function, "its source makes no AWS client")
    patient = [client for client in source.clients if not client.variable and _one(client) > timeout]
    endless = [client for client in source.clients if not client.variable and _all(client) > timeout]
    if not endless:
        return RULE.clear(function, f"{plural(len(source.clients), 'client')} give up within {timeout:.0f} s")
    worst = max(endless, key=_all)
    hung = of_verdict(function, context, "downstream")
    return RULE.found(
        function,
        f"{function.name} may run {timeout:.0f} s, and its client of {worst.service or 'AWS'} waits up to "
        f"{_all(worst):.0f} s for one answer ({_one(worst):.0f} s an attempt)",
        [_place(client) for client in endless[:3]],
        Remedy(
            "config=Config(connect_timeout=1, read_timeout=..., retries={'total_max_attempts': 2}), so that all "
            f"attempts together stay below {timeout:.0f} s."
        ),
        severity=Severity.MEDIUM if hung else Severity.INFO,
        confidence="certain" if patient else "likely",
        harm=float(len(hung)),
    )


def _one(client: Client) -> float:
    return READ if client.read is None else client.read


def _all(client: Client) -> float:
    connect = CONNECT if client.connect is None else client.connect
    return max(connect, _one(client)) * (ATTEMPTS if client.attempts is None else client.attempts)


def _place(client: Client) -> Evidence:
    said = [f"read_timeout {_one(client):.0f} s{'' if client.read else ' by default'}"]
    said.append(f"{client.attempts or ATTEMPTS} attempts{'' if client.attempts else ' by default'}")
    numbers = {"read": _one(client), "longest": _all(client)}
    return Evidence("source code", f"{client.service or 'AWS'}: {', '.join(said)}", client.place, numbers)


RULE = Rule(
    id="lambda-sdk-timeouts",
    title="An SDK client waits longer than the function may run",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("source code", "configuration"),
    why="When the other service does not answer, the function is killed before its own error handling has a chance.",
    remedy="Timeouts and attempts of the client that fit into the function's.",
    limits="Reads Python sources of the project; a configuration in a variable or in AWS_MAX_ATTEMPTS is not judged.",
    check=check,
    misleads="It works every day, until the other service has a bad one.",
)
