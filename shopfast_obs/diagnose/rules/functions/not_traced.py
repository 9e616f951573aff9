"""Functions that X-Ray does not see."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Context, Rule
from shopfast_obs.model.findings import (
    Clear,
    Evidence,
    Finding,
    NotEnoughData,
    Outcome,
    PropertyChange,
    Remedy,
    Severity,
)
from shopfast_obs.model.resources import FUNCTION, Resource

ID = "lambda-not-traced"


def check(function: Resource, context: Context) -> Outcome:
    """Found when TracingConfig is not Active."""
    mode = (function.effective("TracingConfig") or {}).get("Mode", "PassThrough")
    if not isinstance(mode, str):
        return NotEnoughData(ID, function.name, "its TracingConfig is left to a parameter")
    if mode == "Active":
        return Clear(ID, function.name, "TracingConfig is Active")
    change = PropertyChange(FUNCTION, function.name, "TracingConfig.Mode", mode, "Active", "requests become visible")
    return Finding(
        rule=ID,
        severity=Severity.MEDIUM,
        resource_type=FUNCTION,
        resource=function.name,
        title=f"{function.name} is not traced (TracingConfig {mode})",
        evidence=(Evidence("configuration", f"TracingConfig.Mode is {mode}", "TracingConfig.Mode", {"mode": mode}),),
        remedy=Remedy("Turn tracing on and instrument the handler.", "shopfast-obs instrument --apply", (change,)),
        misleads="PassThrough looks like tracing when a caller sends a sampled header; on its own it records nothing.",
    )


RULE = Rule(
    id=ID,
    title="The function is not traced",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("configuration",),
    why="Without traces nobody can say in which part of a request the time passes.",
    remedy="`TracingConfig: {Mode: Active}`, the right to send segments, and an instrumented handler: `instrument`.",
    limits="Another vendor's tracing by layer is not recognised.",
    check=check,
    runbook="02-make-it-visible",
)
