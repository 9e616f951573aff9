"""Durable functions whose executions can fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose import skipped_resources
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "durable-no-alarm",
    "No alarm watches the failures of durable executions",
    Severity.MEDIUM,
    (FUNCTION,),
    MissingAlarm(
        ("DurableExecutionFailed", "DurableExecutionTimedOut"),
        "FunctionName",
        "{name} has no alarm on executions that fail: alarms watch {watched}",
    ),
    spared=skipped_resources.not_durable,
    why="An execution that fails is an ordinary answer to Lambda: an alarm on Errors never fires for it.",
    limits="An alarm in another product is not seen.",
)
