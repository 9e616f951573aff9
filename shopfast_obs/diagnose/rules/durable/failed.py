"""Durable executions that ended with an error."""

from __future__ import annotations

from shopfast_obs.diagnose import skipped_resources
from shopfast_obs.diagnose.functions.durable_functions import OPEN, STARTED
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "durable-failures",
    "Durable executions fail",
    Severity.HIGH,
    (FUNCTION,),
    MetricCount(
        (Measure(FUNCTION, "DurableExecutionFailed"),),
        STARTED,
        "started execution",
        "{name} fails: {count} of {total} durable executions ({share})",
        OPEN + "FAILED",
    ),
    spared=skipped_resources.not_durable,
    when="DurableExecutionFailed is above 0.",
    why="What the execution had begun is neither done nor undone, and nothing starts it again.",
    remedy="Read the history of one: the first operation that failed, and its error. A step that fails is tried 6 "
    "times unless its StepConfig says otherwise, and ends as a StepError.",
    limits="An execution that began before the window can make the share look larger.",
    misleads="Errors stays at 0: the SDK makes an ordinary answer of the handler's exception.",
    runbook="durable-failures",
)
