"""Environments that are paid for and not used."""

from __future__ import annotations

from shopfast_obs.analysis.sizing.recommendation import percent
from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import counted
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

USE = Measure(FUNCTION, "ProvisionedConcurrencyUtilization", "Maximum")
LITTLE = 0.3


def judge(function: Resource, context: Context) -> Judgement:
    """Found when at most 30 % of the provisioned concurrency were in use at the peak of the window."""
    series = context.measured(function, USE)
    if series is None:
        return Passed("it has no provisioned concurrency in use")
    peak = max(value for _, value in series.points)
    if peak > LITTLE:
        return Passed(f"up to {percent(peak)} of its provisioned concurrency in use")
    return Found(
        f"{function.name} keeps environments ready and uses {percent(peak)} of them at its peak",
        [counted(f"utilization up to {percent(peak)}", function, USE, context, peak=peak)],
        Remedy("Less provisioned concurrency, or application auto scaling by its utilization."),
    )


RULE = Rule(
    id="lambda-provisioned-idle",
    title="Provisioned concurrency stands idle",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("metrics",),
    why="An environment that is kept ready is paid for every second.",
    remedy="As many as the peak needs.",
    limits="The peak of the window, which may not be that of the week.",
    judge=judge,
    lacking=missing_data.metrics,
    misleads="Cold starts are gone, so it seems to be money well spent.",
    measures=(USE,),
)
