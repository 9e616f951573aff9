"""Tables that throttle without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import TABLE

RULE = Rule(
    "dynamodb-no-alarm",
    "No alarm watches the throttles of a table",
    Severity.LOW,
    (TABLE,),
    MissingAlarm(
        ("ReadThrottleEvents", "WriteThrottleEvents", "ThrottledRequests"),
        "TableName",
        "{name} has no alarm on its throttles: alarms watch {watched}",
    ),
    why="The SDK hides throttles behind retries until there is no time left for them.",
    limits="An alarm in another product is not seen. An alarm on one index only is not told apart.",
)
