"""API stages at which traces do not begin."""

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
from shopfast_obs.model.resources import REST_STAGE, Resource

ID = "api-stage-not-traced"


def check(stage: Resource, context: Context) -> Outcome:
    """Found when TracingEnabled is not true."""
    enabled = stage.properties.get("TracingEnabled")
    if isinstance(enabled, dict):
        return NotEnoughData(ID, stage.name, "its TracingEnabled is left to a parameter")
    if enabled in (True, "true"):
        return Clear(ID, stage.name, "TracingEnabled is true")
    change = PropertyChange(REST_STAGE, stage.name, "TracingEnabled", enabled, True, "traces begin at the door")
    return Finding(
        rule=ID,
        severity=Severity.LOW,
        resource_type=REST_STAGE,
        resource=stage.name,
        title=f"API stage {stage.name} is not traced: the time before the function is invisible",
        evidence=(Evidence("configuration", "TracingEnabled is not true", "TracingEnabled", {"tracing": "off"}),),
        remedy=Remedy("Turn tracing on for the stage.", "shopfast-obs instrument --apply", (change,)),
        misleads="The function's own duration is not what the caller waits for.",
    )


RULE = Rule(
    id=ID,
    title="The API stage is not traced",
    severity=Severity.LOW,
    types=(REST_STAGE,),
    needs=("configuration",),
    why="Without it a trace begins at the function, and the way through the API is missing.",
    remedy="`TracingEnabled: true`: `instrument`.",
    limits="REST APIs only; HTTP APIs cannot be traced.",
    check=check,
    runbook="02-make-it-visible",
)
