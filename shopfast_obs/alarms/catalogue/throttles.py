"""A function that Lambda refuses because its concurrency is used up."""

from __future__ import annotations

from shopfast_obs.alarms.metric_alarm import MetricAlarm
from shopfast_obs.model.resources import FUNCTION

KIND = MetricAlarm(
    id="throttles",
    title="Invocations of a function are throttled",
    first="Compare the concurrency of the account and of the function with who sends more than usual.",
    resource_type=FUNCTION,
    namespace="AWS/Lambda",
    metric="Throttles",
    dimension="FunctionName",
    because="Invocations of {name} are throttled; no error metric counts them.",
)
