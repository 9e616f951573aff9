"""Functions that wait for other functions."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.requests import of_verdict
from shopfast_obs.diagnose.values import at, number
from shopfast_obs.model.findings import Evidence, Outcome, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource


def check(function: Resource, context: Context) -> Outcome:
    """Found when the function names another one in its environment and invokes it, and that one may run longer."""
    source = context.sources.get(function.name)
    if source is None:
        return RULE.unknown(function, "its source is not here")
    waits = [c for c in source.of("invoke") if dict(c.literals).get("InvocationType") not in ("Event", "DryRun")]
    if not waits:
        return RULE.clear(function, "its source invokes no function and waits")
    said = at(function, "Environment.Variables")
    callees = [callee for callee in context.references.named(said, FUNCTION) if callee.name != function.name]
    own = number(function.effective("Timeout"))
    if own is None or not callees:
        return RULE.unknown(function, "which function it invokes, its environment does not name")
    client = next((c for c in source.clients if c.service == "lambda"), None)
    patience = min(own, client.read if client is not None and client.read is not None else 60.0)
    slower = [callee for callee in callees if (number(callee.effective("Timeout")) or 0) >= patience]
    if not slower:
        return RULE.clear(function, f"{some(callee.name for callee in callees)} end first")
    theirs = number(slower[0].effective("Timeout")) or 0
    killed = of_verdict(function, context, "downstream")
    return RULE.found(
        function,
        f"{function.name} waits at most {patience:.0f} s for {slower[0].name}, which may run {theirs:.0f} s: both are "
        "paid while one waits, and the other works on when it gives up",
        [
            Evidence("source code", "invoke and wait", waits[0].place, {"line": waits[0].line}),
            configured(f"Timeout {own:.0f} s and {theirs:.0f} s", "Timeout", caller=own, callee=theirs),
        ],
        Remedy("The callee's timeout below the caller's patience, or a queue between them."),
        severity=Severity.MEDIUM if killed else Severity.INFO,
        harm=float(len(killed)),
    )


RULE = Rule(
    id="lambda-waits-for-lambda",
    title="A function waits for another function that may run longer",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("source code", "configuration"),
    why="Both are paid for while one waits, and their timeouts and throttles add up to one customer's.",
    remedy="The callee ends first, or nobody waits.",
    limits="The callee is known by the environment's variables only.",
    check=check,
    misleads="Each of the two looks healthy by itself.",
)
