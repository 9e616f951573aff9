"""Durable executions that ran out of time."""

from __future__ import annotations

from shopfast_obs.diagnose import skipped_resources
from shopfast_obs.diagnose.functions.durable_functions import OPEN, STARTED
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "durable-timeouts",
    "Durable executions time out",
    Severity.HIGH,
    (FUNCTION,),
    MetricCount(
        (Measure(FUNCTION, "DurableExecutionTimedOut"),),
        STARTED,
        "started execution",
        "{name} times out: {count} of {total} durable executions did not end in time ({share})",
        OPEN + "TIMED_OUT",
    ),
    spared=skipped_resources.not_durable,
    when="DurableExecutionTimedOut is above 0.",
    why="What the execution had begun is neither done nor undone.",
    remedy="Find the operation without an end in the history of one, give callbacks a timeout of their own, and the "
    "execution (`DurableConfig.ExecutionTimeout`) more than its waits and retries take.",
    limits="An execution that began before the window can make the share look larger.",
    misleads="Duration and Timeout of the function are about one invocation and look well.",
    runbook="durable-timeouts",
)
