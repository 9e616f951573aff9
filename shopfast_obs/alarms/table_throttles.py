"""What the two kinds for throttled tables share."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import define, math
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import TABLE, Resource


@record
class TableThrottles:
    """DynamoDB throttles a table, which the SDK's retries hide from the code until they are used up."""

    id: str
    title: str
    metric: str
    operation: str
    first: str = "Find the key that is asked for most, then the capacity; the functions show it as latency."
    resource_type: str = TABLE

    def derive(self, resource: Resource, index: References) -> AlarmDefinition:
        """An alarm on FILL(metric, 0), which has data in every minute.

        CloudWatch keeps the state of an alarm of AWS/DynamoDB while data are missing, and these metrics have data only
        when they are not zero: an alarm on the bare metric would never leave ALARM.
        """
        on = {"TableName": naming.name(resource)}
        watched = math("FILL(throttles, 0)", self.metric, "AWS/DynamoDB", {"throttles": self.metric}, on)
        because = f"DynamoDB throttles {self.operation} of {resource.name}; the SDK's retries turn it into latency."
        return define(
            self, resource, because, {**watched, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
        )
