"""Calls that Lambda refuses for lack of concurrency."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION, Resource


def _reserved(function: Resource, _: Context) -> str:
    reserved = function.properties.get("ReservedConcurrentExecutions")
    return "" if reserved is None else f"reserved concurrency {reserved}"


RULE = Rule(
    "lambda-throttled",
    "Calls are throttled",
    Severity.HIGH,
    (FUNCTION,),
    MetricCount(
        (Measure(FUNCTION, "Throttles"),),
        Measure(FUNCTION, "Invocations"),
        "invocation",
        "{name} is throttled: {share} of its calls are refused ({count} of {total})",
        command="aws lambda get-function-concurrency --function-name {name}",
        within=False,
        detail=_reserved,
    ),
    when="Throttles is above 0.",
    why="The caller is refused before the function runs; nothing in the function's own telemetry shows it.",
    remedy="Raise or remove the reserved concurrency, or let a queue absorb the peak.",
    limits="An SDK that retries hides throttles from its caller, not from this metric.",
    misleads="Throttled calls are neither Invocations nor Errors, and the function's log has no line about them.",
    runbook="throttles",
)
