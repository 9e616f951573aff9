"""A workflow that does not end well."""

from __future__ import annotations

from shopfast_obs.alarms.interface import define, math
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import STATE_MACHINE, Inventory, Resource


class WorkflowFailures:
    """Executions of a state machine fail, time out or are aborted."""

    id = "workflow-failures"
    title = "Executions of a workflow fail, time out or are aborted"
    resource_type = STATE_MACHINE

    def derive(self, resource: Resource, inventory: Inventory) -> AlarmDefinition:
        """An alarm on every execution that did not succeed."""
        arn = resource.arn or {"Ref": resource.logical_id}
        metrics = {"failed": "ExecutionsFailed", "late": "ExecutionsTimedOut", "aborted": "ExecutionsAborted"}
        expression = "FILL(failed, 0) + FILL(late, 0) + FILL(aborted, 0)"
        watched = math(expression, "executions without success", "AWS/States", metrics, {"StateMachineArn": arn})
        properties = {
            **watched,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "DatapointsToAlarm": 1,  # each execution is one order, one document, one customer
        }
        return define(self, resource, f"Executions of {resource.name} fail, time out or are aborted.", properties)


KIND = WorkflowFailures()
