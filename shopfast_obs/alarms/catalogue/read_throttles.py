"""A table that refuses reads."""

from __future__ import annotations

from shopfast_obs.alarms.table_throttles import TableThrottles

KIND = TableThrottles(
    id="table-read-throttles",
    title="DynamoDB throttles reads of a table",
    metric="ReadThrottleEvents",
    operation="reads",
)
