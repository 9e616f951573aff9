"""Calls that Lambda refuses for lack of concurrency."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Context, Rule, plural, share_of
from shopfast_obs.diagnose.invocations import during
from shopfast_obs.model.findings import Clear, Evidence, Finding, NotEnoughData, Outcome, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

ID = "lambda-throttled"


def check(function: Resource, context: Context) -> Outcome:
    """Found when the metric Throttles counts anything."""
    missing = context.missing("metrics")
    if missing:
        return NotEnoughData(ID, function.name, missing)
    throttles = context.metric("AWS/Lambda", "Throttles", FunctionName=function.name)
    invocations = context.metric("AWS/Lambda", "Invocations", FunctionName=function.name)
    ran = int(invocations.total) if invocations else 0
    refused = int(throttles.total) if throttles else 0
    if not refused and not ran:
        return NotEnoughData(ID, function.name, f"never called{during(context.window)}")
    if not refused:
        return Clear(ID, function.name, f"no throttle in {plural(ran, 'invocation')}")
    reserved = function.properties.get("ReservedConcurrentExecutions")
    share = refused / (refused + ran)
    return Finding(
        rule=ID,
        severity=Severity.HIGH if share >= 0.01 else Severity.MEDIUM,
        resource_type=FUNCTION,
        resource=function.name,
        title=(
            f"{function.name} is throttled: {share_of(refused, refused + ran)} of its calls are refused "
            f"({refused:,} of {refused + ran:,})"
        ),
        evidence=(
            Evidence(
                "metrics",
                f"{plural(refused, 'throttle')} beside {plural(ran, 'invocation')}"
                + (f", reserved concurrency {reserved}" if reserved is not None else ""),
                f"AWS/Lambda Throttles FunctionName={function.name}",
                {"throttles": refused, "invocations": ran, "share": share},
                context.window,
            ),
        ),
        remedy=Remedy(
            "Raise or remove the reserved concurrency, or let a queue absorb the peak.",
            f"aws lambda get-function-concurrency --function-name {function.name}",
        ),
        misleads="Throttled calls are neither Invocations nor Errors, and the function's log has no line about them.",
        harm=float(refused),
    )


RULE = Rule(
    id=ID,
    title="Calls are throttled",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("metrics",),
    why="The caller is refused before the function runs; nothing in the function's own telemetry shows it.",
    remedy="More concurrency, or a queue between caller and function.",
    limits="An SDK that retries hides throttles from its caller, not from this metric.",
    check=check,
    runbook="throttles",
)
