"""What the two kinds for workflows that do not succeed share."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import define, single
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import STATE_MACHINE, Resource


@record
class WorkflowOutcome:
    """Executions of a state machine end in one way that nobody wanted.

    One metric an alarm: their sum would be without data whenever one of them is, and Step Functions publishes each only
    when it happens.
    """

    id: str
    title: str
    metric: str
    verb: str
    first: str = "Open one of the executions: the first state that did not succeed, and its cause."
    resource_type: str = STATE_MACHINE

    def derive(self, resource: Resource, index: References) -> AlarmDefinition:
        """An alarm on every execution that ends so."""
        properties = {
            **single("AWS/States", self.metric, "Sum", {"StateMachineArn": naming.arn(resource)}),
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "DatapointsToAlarm": 1,  # each execution is one order, one document, one customer
        }
        return define(self, resource, f"Executions of {resource.name} {self.verb}.", properties)
