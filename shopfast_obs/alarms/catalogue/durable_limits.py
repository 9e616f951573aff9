"""A durable function whose executions come near what Lambda allows."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.durable_outcome import NOT_DURABLE
from shopfast_obs.alarms.interface import NotNeeded, define, math
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.facts import whole
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import FUNCTION, Resource, is_durable

SHARE = 80  # percent: what ends an execution in its middle has to be known before


class DurableLimits:
    """An execution has done most of the operations, or checkpointed most of the bytes, that it may."""

    id = "durable-limits"
    title = "An execution of a durable function comes near 3,000 operations or 100 MB"
    first = "Open the longest execution: a loop with a step each, or results that belong into a bucket."
    resource_type = FUNCTION

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on the nearer of both limits."""
        if not is_durable(resource):
            return NotNeeded(resource.name, self.id, NOT_DURABLE)
        operations, storage = whole("durable-max-operations"), whole("durable-max-storage")
        expression = f"MAX([100 * operations / {operations}, 100 * written / {storage}])"
        metrics = {"operations": "DurableExecutionOperations", "written": "DurableExecutionStorageWrittenBytes"}
        on = {"FunctionName": naming.name(resource)}
        watched = math(expression, "nearer limit, %", "AWS/Lambda", metrics, on, "Maximum")
        because = (
            f"An execution of {resource.name} is above {SHARE} % of {operations:,} operations or {storage >> 20} MB."
        )
        properties = {"Threshold": SHARE, "ComparisonOperator": "GreaterThanThreshold", "DatapointsToAlarm": 1}
        return define(self, resource, because, {**watched, **properties})


KIND = DurableLimits()
