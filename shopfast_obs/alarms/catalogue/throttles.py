"""A function that is refused."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import define, single
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import FUNCTION, Resource


class Throttles:
    """Lambda refuses invocations of a function because its concurrency is used up."""

    id = "throttles"
    title = "Invocations of a function are throttled"
    first = "Compare the concurrency of the account and of the function with who sends more than usual."
    resource_type = FUNCTION

    def derive(self, resource: Resource, index: References) -> AlarmDefinition:
        """An alarm on every throttled minute: a throttled invocation never ran, so no error counts it."""
        on = {"FunctionName": naming.name(resource)}
        watched = single("AWS/Lambda", "Throttles", "Sum", on)
        because = f"Invocations of {resource.name} are throttled; no error metric counts them."
        return define(
            self, resource, because, {**watched, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
        )


KIND = Throttles()
