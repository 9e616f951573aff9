"""Functions that can fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.callers import only_deployments_call
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION, Resource, is_durable


def _told(function: Resource, context: Context) -> str:
    if is_durable(function):
        return "its executions are durable: durable-no-alarm looks at their alarms"
    return "only deployments call it, and tell when it fails" if only_deployments_call(function, context) else ""


RULE = Rule(
    "lambda-no-alarm",
    "No alarm watches the function's errors",
    Severity.MEDIUM,
    (FUNCTION,),
    MissingAlarm(("Errors",), "FunctionName", "{name} has no alarm on its errors: alarms watch {watched}"),
    spared=_told,
    why="The first to notice a failure is then a customer.",
    limits="An alarm in another product is not seen. An alarm on the sum over all functions does not count. A custom "
    "resource's function needs none: its failure fails the deployment.",
)
