"""Functions that end just in time."""

from __future__ import annotations

from shopfast_obs.analysis.sizing.recommendation import ONE_CPU_MB, percent, percentile
from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import Configured, exemplars
from shopfast_obs.diagnose.functions.size_remedy import size_remedy
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.model.findings import Evidence, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

NEAR, ENOUGH = 0.8, 10


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the p99 of the duration is above 80 % of the timeout, and none was killed."""
    size = Configured.known(function)
    reports = context.reports(function)
    if any(report.status == "timeout" for report in reports):
        return Passed("its timeouts are other rules'")
    if len(reports) < ENOUGH:
        return Undecided(f"{plural(len(reports), 'invocation')}: too few for a p99")
    p99 = percentile([report.duration for report in reports], 0.99)
    if p99 < NEAR * size.timeout:
        return Passed(f"p99 {p99:.2f} s of {size.timeout} s")
    slow = [report for report in reports if report.duration >= NEAR * size.timeout]
    numbers = {"p99": p99, "timeout": size.timeout, "slow": len(slow)}
    return Found(
        f"{function.name} ends just in time: its p99 is {p99:.2f} s of {size.timeout} s "
        f"({len(slow):,} of {plural(len(reports), 'invocation')} above {percent(NEAR)} of it)",
        [
            Evidence("logs", f"p99 {p99:.2f} s against Timeout {size.timeout} s", "", numbers, context.window),
            *exemplars(slow, "ended", context.window),
        ],
        size_remedy(function, context, cpu_bound=size.memory_mb < ONE_CPU_MB),
        harm=float(len(slow)),
    )


RULE = Rule(
    id="lambda-near-timeout",
    title="The function ends just before its timeout",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("logs",),
    why="A cold start, a slower neighbour or a larger answer, and the same requests are killed.",
    remedy="Three times the slowest expected duration as timeout, and less work.",
    limits="The p99 of a short window.",
    judge=judge,
    lacking=missing_data.invocations,
    misleads="Everything succeeds.",
    runbook="duration-near-timeout",
)
