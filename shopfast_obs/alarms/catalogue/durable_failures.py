"""A durable function whose executions fail."""

from __future__ import annotations

from shopfast_obs.alarms.durable_outcome import DurableOutcome

KIND = DurableOutcome(
    id="durable-failures",
    title="Executions of a durable function fail",
    metric="DurableExecutionFailed",
    verb="fail; the Errors of the function do not count them",
)
