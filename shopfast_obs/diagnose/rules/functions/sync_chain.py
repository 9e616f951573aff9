"""Functions that wait for other functions."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.functions.requests import of_verdict
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import at, number
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.sources import Call, Client


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the function names another one in its environment and invokes it, and that one may run longer."""
    source = context.sources[function.name]
    waits = [call for call in source.of("invoke") if _waits(call)]
    if not waits:
        return Passed("its source invokes no function and waits")
    pairs = [(call, callee) for call in waits for callee in _callees(call, function, context)]
    own = number(function.effective("Timeout"))
    if own is None or not pairs:
        return Undecided("which function it invokes, its environment does not name")
    client = next((c for c in source.clients if c.service == "lambda"), None)
    patience = min(own, _patience(client))
    slower = [(call, callee) for call, callee in pairs if (number(callee.effective("Timeout")) or 0) > patience]
    if not slower:
        return Passed(f"{some(dict.fromkeys(callee.name for _, callee in pairs))} end first")
    call, callee = slower[0]
    theirs = number(callee.effective("Timeout")) or 0
    killed = of_verdict(function, context, "downstream")
    return Found(
        f"{function.name} waits at most {patience:.0f} s for {callee.name}, which may run {theirs:.0f} s: both are "
        "paid while one waits, and the other works on when it gives up",
        [
            Evidence("source code", "invoke and wait", call.place, {"line": call.line}),
            configured(f"Timeout {own:.0f} s and {theirs:.0f} s", "Timeout", caller=own, callee=theirs),
        ],
        Remedy("The callee's timeout below the caller's patience, or a queue between them."),
        severity=Severity.MEDIUM if killed else Severity.INFO,
        harm=float(len(killed)),
    )


def _patience(client: Client | None) -> float:
    """How long the client waits for an answer, in seconds; without an end where a variable says it."""
    if client is None or not (client.read is not None or client.variable):
        return 60.0  # botocore's default
    return float("inf") if client.read is None else client.read


def _waits(call: Call) -> bool:
    """True when the call waits for the answer; one whose type the code chooses as it runs is not known to."""
    said = dict(call.literals).get("InvocationType", "" if "InvocationType" in call.names else "RequestResponse")
    return said == "RequestResponse"


def _callees(call: Call, function: Resource, context: Context) -> list[Resource]:
    """The function that the call names, by a constant or by a variable of the environment."""
    variable = dict(call.variables).get("FunctionName", "")
    said = at(function, f"Environment.Variables.{variable}") if variable else dict(call.literals).get("FunctionName")
    named = context.references.named(said, FUNCTION) if said else ()
    return [callee for callee in named if callee.name != function.name]


RULE = Rule(
    id="lambda-waits-for-lambda",
    title="A function waits for another function that may run longer",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("source code", "configuration"),
    why="Both are paid for while one waits, and their timeouts and throttles add up to one customer's.",
    remedy="The callee ends first, or nobody waits.",
    limits="The callee is known where FunctionName is a constant or a variable of the environment.",
    judge=judge,
    lacking=missing_data.source,
    misleads="Each of the two looks healthy by itself.",
)
