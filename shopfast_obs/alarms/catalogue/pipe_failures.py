"""A pipe that does not bring its events to their target; it repeats them, so two minutes of three."""

from __future__ import annotations

from shopfast_obs.alarms.metric_alarm import MetricAlarm
from shopfast_obs.model.resources import PIPE

KIND = MetricAlarm(
    id="pipe-failures",
    title="Executions of a pipe fail",
    first="See that the target exists and that the role of the pipe may call it; a stream waits behind the failed "
    "batch.",
    resource_type=PIPE,
    namespace="AWS/EventBridge/Pipes",
    metric="ExecutionFailed",
    dimension="PipeName",
    because="The pipe {name} cannot bring its events to their target.",
)
