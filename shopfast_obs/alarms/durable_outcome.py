"""What the two kinds for durable executions that do not succeed share."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, single
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import FUNCTION, Resource, is_durable

NOT_DURABLE = "it is no durable function"


@record
class DurableOutcome:
    """Executions of a durable function end in one way that nobody wanted. Lambda's Errors tell of neither: the function
    answers each invocation, and the answer says how the execution stands."""

    id: str
    title: str
    metric: str
    verb: str
    first: str = "Open one of the executions: the first operation that did not succeed, and its error."
    resource_type: str = FUNCTION

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on every execution that ends so."""
        if not is_durable(resource):
            return NotNeeded(resource.name, self.id, NOT_DURABLE)
        properties = {
            **single("AWS/Lambda", self.metric, "Sum", {"FunctionName": naming.name(resource)}),
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "DatapointsToAlarm": 1,  # each execution is one order, one document, one customer
        }
        return define(self, resource, f"Durable executions of {resource.name} {self.verb}.", properties)
