"""A pipe that does not bring its events to their target."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import define, single
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import PIPE, Resource


class PipeFailures:
    """Executions of a pipe fail: the target or the enrichment refuses the events."""

    id = "pipe-failures"
    title = "Executions of a pipe fail"
    first = (
        "See that the target exists and that the role of the pipe may call it; a stream waits behind the failed batch."
    )
    resource_type = PIPE

    def derive(self, resource: Resource, index: References) -> AlarmDefinition:
        """An alarm on failed executions; a pipe repeats them, so two minutes of three."""
        watched = single("AWS/EventBridge/Pipes", "ExecutionFailed", "Sum", {"PipeName": naming.name(resource)})
        properties = {**watched, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
        return define(self, resource, f"The pipe {resource.name} cannot bring its events to their target.", properties)


KIND = PipeFailures()
