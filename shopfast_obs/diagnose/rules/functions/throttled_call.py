"""Calls that other services refused for now, until the retries ran out."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.log_pattern import LogPattern
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "lambda-calls-throttled",
    "Calls of the function are throttled",
    Severity.HIGH,
    (FUNCTION,),
    LogPattern(
        r"\b(ProvisionedThroughputExceededException|(?:EC2)?Throttl(?:ing|ed)Exception|RequestThrottled(?:Exception)?"
        r"|(?:Request|Bandwidth)LimitExceeded|TooManyRequestsException|SlowDown|KMSThrottling\w*)\b"
        r"|\((Throttling|LimitExceededException)\) when calling",
        "{name} is throttled by a service that it calls {times} ({share} of its invocations): {what}",
    ),
    when="its log has ProvisionedThroughputExceededException, ThrottlingException and their like.",
    why="The retries ran out: what reaches the log is the smaller part of it.",
    remedy="Raise the capacity, spread the load, or put a queue between.",
    limits="Throttles that a retry healed are in traces and metrics only: see calls-retried, dynamodb-throttled.",
    misleads="It comes and goes with the traffic and looks random.",
)
