"""Metrics that CloudWatch does not take."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import written
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.parse.logs.emf import Rejected, extract


def judge(function: Resource, context: Context) -> Judgement:
    """Found when lines mean to be embedded metrics and break its rules."""
    lines = [event for event in context.lines(function) if '"CloudWatchMetrics"' in event.message]
    if not lines:
        return Passed("it writes no embedded metrics")
    bad = [(e, r) for e in lines if isinstance(r := extract(e.message, e.timestamp), Rejected)]
    if not bad:
        return Passed(f"{plural(len(lines), 'line')} of embedded metrics, all valid")
    event, rejected = bad[-1]
    return Found(
        f"{function.name} writes {plural(len(bad), 'metric line')} that CloudWatch drops: {rejected.reason}",
        [written(rejected.reason, event, context, rejected=len(bad), lines=len(lines))],
        Remedy("Use a library for embedded metrics (Powertools Metrics), which keeps the rules."),
        harm=float(len(bad)),
    )


RULE = Rule(
    id="metrics-rejected",
    title="Embedded metrics are dropped",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("logs",),
    why="The line is there and the metric is not: an alarm on it never has data.",
    remedy="Valid embedded metrics.",
    limits="By the specification; a quota of the account is not seen.",
    judge=judge,
    lacking=missing_data.log,
    misleads="The log line looks right.",
)
