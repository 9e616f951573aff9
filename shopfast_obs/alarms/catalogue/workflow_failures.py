"""A workflow that fails. Its timeouts are another alarm's: a sum has no data whenever one of its metrics has none, and
Step Functions publishes each only when it happens."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.metric_alarm import AT_ONCE, MetricAlarm
from shopfast_obs.model.resources import STATE_MACHINE

KIND = MetricAlarm(
    id="workflow-failures",
    title="Executions of a workflow fail",
    first="Open one of the executions: the first state that did not succeed, and its cause.",
    resource_type=STATE_MACHINE,
    namespace="AWS/States",
    metric="ExecutionsFailed",
    dimension="StateMachineArn",
    named_by=naming.arn,
    because="Executions of {name} fail.",
    more=AT_ONCE,
)
