"""Tables that throttle without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.unwatched import unwatched
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import TABLE

RULE = unwatched(
    "dynamodb-no-alarm",
    "No alarm watches the throttles of a table",
    Severity.LOW,
    TABLE,
    ("ReadThrottleEvents", "WriteThrottleEvents", "ThrottledRequests"),
    says="{name} has no alarm on its throttles: alarms watch {watched}",
    dimension="TableName",
    why="The SDK hides throttles behind retries until there is no time left for them.",
    limits="An alarm in another product is not seen. An alarm on one index only is not told apart.",
)
