"""A table that refuses writes."""

from __future__ import annotations

from shopfast_obs.alarms.table_throttles import TableThrottles

KIND = TableThrottles(
    id="table-write-throttles",
    title="DynamoDB throttles writes of a table",
    metric="WriteThrottleEvents",
    operation="writes",
)
