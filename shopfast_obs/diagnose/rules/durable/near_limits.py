"""Durable executions that come near what Lambda allows."""

from __future__ import annotations

from shopfast_obs.analysis.sizing.recommendation import percent
from shopfast_obs.diagnose import missing_data, skipped_resources
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import counted
from shopfast_obs.diagnose.functions.invocations import during
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.facts import whole
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

OPERATIONS = Measure(FUNCTION, "DurableExecutionOperations", "Maximum")
WRITTEN = Measure(FUNCTION, "DurableExecutionStorageWrittenBytes", "Maximum")
NEAR = 0.8


def judge(function: Resource, context: Context) -> Judgement:
    """Found when an execution reached 80 % of the operations or of the written bytes that Lambda allows."""
    limits = {OPERATIONS: whole("durable-max-operations"), WRITTEN: whole("durable-max-storage")}
    seen = {measure: context.measured(function, measure) for measure in limits}
    most = {measure: max(value for _, value in series.points) for measure, series in seen.items() if series}
    if not most:
        return Undecided(f"no execution{during(context.window)}")
    nearest = max(most, key=lambda measure: most[measure] / limits[measure])
    share = most[nearest] / limits[nearest]
    if share < NEAR:
        return Passed(f"the largest execution is at {percent(share)} of a limit")
    said = f"{most[nearest]:,.0f} of {limits[nearest]:,} {'operations' if nearest is OPERATIONS else 'bytes'}"
    return Found(
        f"An execution of {function.name} is near its limit: {said} ({percent(share)})",
        [counted(said, function, nearest, context, most=most[nearest], limit=limits[nearest], share=share)],
        Remedy(
            "One step for what belongs together, executions of their own for the items of a long list, and keys of a "
            "bucket in place of large results."
        ),
        harm=share,
    )


RULE = Rule(
    id="durable-limits",
    title="Durable executions come near a limit",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("metrics",),
    why="At 3,000 operations or 100 MB an execution fails in its middle, however well each step went.",
    remedy="Fewer and smaller operations, or several executions.",
    limits="The largest execution of the window; one that still runs may grow.",
    judge=judge,
    spared=skipped_resources.not_durable,
    lacking=missing_data.metrics,
    misleads="Nothing fails until the limit is reached.",
    measures=(OPERATIONS, WRITTEN),
    runbook="durable-limits",
)
