"""A durable function whose executions come near what Lambda allows: the operations, or the bytes of checkpoints."""

from __future__ import annotations

from shopfast_obs.alarms.metric_alarm import AT_ONCE, MetricAlarm, not_durable
from shopfast_obs.facts import whole
from shopfast_obs.model.resources import FUNCTION

SHARE = 80  # percent: what ends an execution in its middle has to be known before
OPERATIONS, STORAGE = whole("durable-max-operations"), whole("durable-max-storage")

KIND = MetricAlarm(
    id="durable-limits",
    title="An execution of a durable function comes near 3,000 operations or 100 MB",
    first="Open the longest execution: a loop with a step each, or results that belong into a bucket.",
    resource_type=FUNCTION,
    namespace="AWS/Lambda",
    metric=f"MAX([100 * operations / {OPERATIONS}, 100 * written / {STORAGE}])",
    metrics={"operations": "DurableExecutionOperations", "written": "DurableExecutionStorageWrittenBytes"},
    label="nearer limit, %",
    dimension="FunctionName",
    statistic="Maximum",
    above=SHARE,
    because=f"An execution of {{name}} is above {SHARE} % of {OPERATIONS:,} operations or {STORAGE >> 20} MB.",
    more=AT_ONCE,
    spared=not_durable,
)
