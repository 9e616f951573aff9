"""Functions that take long to start."""

from __future__ import annotations

from shopfast_obs.analysis.sizing.recommendation import cpu_share, percentile
from shopfast_obs.diagnose import missing_data, skipped_resources
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import Configured, exemplars
from shopfast_obs.diagnose.functions.managed_instances import NO_COLD_START
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural, share_of
from shopfast_obs.diagnose.property_values import at
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

LONG, ENOUGH = 5.0, 3


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the median init takes longer than 5 s of the 10 s that Lambda gives."""
    reports = context.reports(function)
    starts = [report for report in reports if report.init]
    if not starts:
        return Undecided("no cold start in the window")
    median = percentile([report.init or 0.0 for report in starts], 0.5)
    if median < LONG or len(starts) < ENOUGH:
        return Passed(f"{plural(len(starts), 'init')}, median {median:.2f} s")
    size = Configured.of(function)
    reinit = median / cpu_share(size.memory_mb) if size else median
    numbers = {"inits": len(starts), "median": median, "invocations": len(reports)}
    tenants = "; each tenant has environments of its own, and waits for one" if at(function, "TenancyConfig") else ""
    said = f"init p50 {median:.2f} s; at its CPU share a new one inside an invocation takes {reinit:.1f} s{tenants}"
    return Found(
        f"{function.name} takes {median:.1f} s to start, in {share_of(len(starts), len(reports))} of its invocations",
        [Evidence("logs", said, "", numbers, context.window), *exemplars(starts, "cold start", context.window)[:1]],
        Remedy("Import less at the top, load large data lazily, and trim the package."),
        harm=float(len(starts)),
    )


RULE = Rule(
    id="lambda-slow-init",
    title="The function takes long to start",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("logs",),
    why="The customer of every cold start waits as long, it is billed, and at 10 s the init is cut off.",
    remedy="A shorter init, or provisioned concurrency for what must be quick.",
    limits="A machine under load makes inits longer than they are.",
    judge=judge,
    spared=skipped_resources.managed(NO_COLD_START),
    lacking=missing_data.invocations,
    misleads="The average duration does not contain the init.",
)
