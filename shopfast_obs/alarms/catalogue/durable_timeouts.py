"""A durable function whose executions run out of time."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.alarms.catalogue import durable_failures

KIND = replace(
    durable_failures.KIND,
    id="durable-timeouts",
    title="Executions of a durable function run into their timeout",
    first="Open one of the executions: what it waits for, and who should have answered.",
    metric="DurableExecutionTimedOut",
    because="Durable executions of {name} run longer than the ExecutionTimeout and are ended.",
)
