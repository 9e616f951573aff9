"""Executions that fail."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import STATE_MACHINE

RULE = Rule(
    "workflow-failures",
    "Executions of the state machine fail",
    Severity.MEDIUM,
    (STATE_MACHINE,),
    MetricCount(
        (Measure(STATE_MACHINE, "ExecutionsFailed"), Measure(STATE_MACHINE, "ExecutionsAborted")),
        Measure(STATE_MACHINE, "ExecutionsStarted"),
        "started execution",
        "{name} fails: {count} of {total} executions ({share})",
    ),
    when="ExecutionsFailed or ExecutionsAborted is above 0.",
    why="A step broke, and what came after it never happened.",
    remedy="Read the event before the last in the history of a failed execution: it has the real error.",
    limits="A Fail state that stands for a decision of the business (a declined card) counts, too.",
    misleads="The Cause of a Fail state may be a fixed text.",
    runbook="workflow-failures",
)
