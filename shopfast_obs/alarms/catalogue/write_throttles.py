"""A table that refuses writes."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.alarms.catalogue import read_throttles

KIND = replace(
    read_throttles.KIND,
    id="table-write-throttles",
    title="DynamoDB throttles writes of a table",
    metrics={"throttles": "WriteThrottleEvents"},
    label="WriteThrottleEvents",
    because="DynamoDB throttles writes of {name}; the SDK's retries turn it into latency.",
)
