"""A durable function whose executions fail. Lambda's Errors do not tell: the function answers each invocation, and the
answer says how the execution stands."""

from __future__ import annotations

from shopfast_obs.alarms.metric_alarm import AT_ONCE, MetricAlarm, not_durable
from shopfast_obs.model.resources import FUNCTION

KIND = MetricAlarm(
    id="durable-failures",
    title="Executions of a durable function fail",
    first="Open one of the executions: the first operation that did not succeed, and its error.",
    resource_type=FUNCTION,
    namespace="AWS/Lambda",
    metric="DurableExecutionFailed",
    dimension="FunctionName",
    because="Durable executions of {name} fail; the Errors of the function do not count them.",
    more=AT_ONCE,
    spared=not_durable,
)
