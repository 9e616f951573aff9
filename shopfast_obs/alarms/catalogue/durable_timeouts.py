"""A durable function whose executions run out of time."""

from __future__ import annotations

from shopfast_obs.alarms.durable_outcome import DurableOutcome

KIND = DurableOutcome(
    id="durable-timeouts",
    title="Executions of a durable function run into their timeout",
    metric="DurableExecutionTimedOut",
    verb="run longer than the ExecutionTimeout and are ended",
    first="Open one of the executions: what it waits for, and who should have answered.",
)
