"""Workflows that ran out of time."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import STATE_MACHINE

RULE = Rule(
    "workflow-timeouts",
    "Executions of the state machine time out",
    Severity.HIGH,
    (STATE_MACHINE,),
    MetricCount(
        (Measure(STATE_MACHINE, "ExecutionsTimedOut"),),
        Measure(STATE_MACHINE, "ExecutionsStarted"),
        "started execution",
        "{name} times out: {count} of {total} executions did not end in time ({share})",
    ),
    when="ExecutionsTimedOut is above 0.",
    why="What the execution had begun is neither done nor undone.",
    remedy="Find the state in which they stand (the execution's history), and give that task its own timeout.",
    limits="An execution that began before the window can make the share look larger.",
    misleads="ExecutionsFailed stays at 0: a timeout is counted apart.",
    runbook="workflow-timeouts",
)
