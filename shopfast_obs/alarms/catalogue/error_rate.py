"""A function that fails."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import define, math
from shopfast_obs.alarms.metric_alarm import firing
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import FUNCTION, Resource, is_durable

PERCENT = 5  # a rate, not a count: one failure among thousands wakes nobody (AWS alarm template: 5 %, 2 of 3)


class ErrorRate:
    """More than 5 % of a function's invocations end in an error, a timeout among them."""

    id = "error-rate"
    title = "A function fails more than 5 % of its invocations"
    first = "Group the errors by the innermost frame of your own code, and compare with the last deployment."
    resource_type = FUNCTION

    def derive(self, resource: Resource, index: References) -> AlarmDefinition:
        """An alarm on errors as a share of invocations."""
        expression = "IF(invocations > 0, 100 * errors / invocations, 0)"
        metrics = {"errors": "Errors", "invocations": "Invocations"}
        on = {"FunctionName": naming.name(resource)}
        watched = math(expression, "errors, % of invocations", "AWS/Lambda", metrics, on)
        because = f"More than {PERCENT} % of the invocations of {resource.name} fail (errors and timeouts)."
        if is_durable(resource):
            because += " Lambda tries them again; executions that fail are counted apart (durable-failures)."
        return define(self, resource, because, {**watched, **firing(PERCENT)})


KIND = ErrorRate()
