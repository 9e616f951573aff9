"""Functions that can fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Context, Rule
from shopfast_obs.model.findings import Clear, Evidence, Finding, NotEnoughData, Outcome, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

ID = "lambda-no-alarm"
WATCHED = ("Errors", "Throttles", "Duration")


def check(function: Resource, context: Context) -> Outcome:
    """Found when no alarm reads Errors, Throttles or Duration of the function, or none reads Errors."""
    missing = context.missing("alarms") if context.observations else ""
    if missing:
        return NotEnoughData(ID, function.name, missing)
    watched = [name for name in WATCHED if name in context.watches(function, "AWS/Lambda", "FunctionName")]
    if "Errors" in watched:
        return Clear(ID, function.name, f"alarms watch {', '.join(watched)}")
    what = f"only {', '.join(watched)}" if watched else "neither Errors nor Throttles nor Duration"
    return Finding(
        rule=ID,
        severity=Severity.LOW if watched else Severity.MEDIUM,
        resource_type=FUNCTION,
        resource=function.name,
        title=f"{function.name} has no alarm on its errors: alarms watch {what}",
        evidence=(
            Evidence(
                "alarms",
                f"no alarm reads AWS/Lambda Errors with FunctionName={function.name}",
                f"AWS/Lambda FunctionName={function.name}",
                {"watched": len(watched), "metrics_in_alarms": len(context.watched)},
                context.window,
            ),
        ),
        remedy=Remedy("Derive alarms from the configuration.", "shopfast-obs alarms apply"),
        misleads="A dashboard without red is not health: nothing is looking.",
    )


RULE = Rule(
    id=ID,
    title="No alarm watches the function's errors",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("configuration", "alarms"),
    why="The first to notice a failure is then a customer.",
    remedy="`alarms apply` derives alarms on error rate, throttles and duration.",
    limits="An alarm in another product is not seen. An alarm on the sum over all functions does not count.",
    check=check,
    runbook="02-make-it-visible",
)
