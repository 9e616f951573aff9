"""Durable functions whose executions can fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.durable import not_durable
from shopfast_obs.diagnose.unwatched import unwatched
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = unwatched(
    "durable-no-alarm",
    "No alarm watches the failures of durable executions",
    Severity.MEDIUM,
    FUNCTION,
    ("DurableExecutionFailed", "DurableExecutionTimedOut"),
    says="{name} has no alarm on executions that fail: alarms watch {watched}",
    dimension="FunctionName",
    concerns=not_durable,
    why="An execution that fails is an ordinary answer to Lambda: an alarm on Errors never fires for it.",
    limits="An alarm in another product is not seen.",
)
