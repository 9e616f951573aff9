"""API stages at which traces do not begin."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Found, Judgement, Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.diagnose.property_values import is_true
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import REST_STAGE, Resource

TRACED = Property(
    "TracingEnabled",
    is_true,
    "API stage {name} is not traced: the time before the function is invisible",
    after=True,
    because="traces begin at the door",
    command="shopfast-obs instrument --apply",
)


def judge(stage: Resource, context: Context) -> Judgement:
    """Found when TracingEnabled is not true. A stage that a deployment makes on the way is changed there."""
    judged = TRACED(stage, context)
    if isinstance(judged, Found) and stage.properties.get("DeploymentId") == {"Ref": stage.logical_id}:
        said = f"StageDescription: {{TracingEnabled: true}} in {stage.logical_id}, which makes the stage."
        return replace(judged, remedy=Remedy(said))
    return judged


RULE = Rule(
    "api-stage-not-traced",
    "The API stage is not traced",
    Severity.LOW,
    (REST_STAGE,),
    judge,
    needs=("configuration",),
    why="Without it a trace begins at the function, and the way through the API is missing.",
    remedy="`TracingEnabled: true`.",
    limits="REST APIs only; HTTP APIs cannot be traced.",
    misleads="The function's own duration is not what the caller waits for.",
    runbook="02-make-it-visible",
)
