"""A table that refuses reads, which the SDK's retries hide from the code until they are used up."""

from __future__ import annotations

from shopfast_obs.alarms.metric_alarm import MetricAlarm
from shopfast_obs.model.resources import TABLE

KIND = MetricAlarm(
    id="table-read-throttles",
    title="DynamoDB throttles reads of a table",
    first="Find the key that is asked for most, then the capacity; the functions show it as latency.",
    resource_type=TABLE,
    namespace="AWS/DynamoDB",
    # CloudWatch keeps the state of an alarm of AWS/DynamoDB while data are missing, and the metric has data only when
    # it is not zero: an alarm on the bare metric would never leave ALARM.
    metric="FILL(throttles, 0)",
    metrics={"throttles": "ReadThrottleEvents"},
    label="ReadThrottleEvents",
    dimension="TableName",
    because="DynamoDB throttles reads of {name}; the SDK's retries turn it into latency.",
)
