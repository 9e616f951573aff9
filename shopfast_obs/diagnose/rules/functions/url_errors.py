"""Function URLs that fail while the function counts no error."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import counted
from shopfast_obs.diagnose.functions.invocations import during
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural, share_of
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

FAILED, COUNT = Measure(FUNCTION, "Url5xxCount"), Measure(FUNCTION, "UrlRequestCount")
ERRORS, THROTTLES = Measure(FUNCTION, "Errors"), Measure(FUNCTION, "Throttles")
MANY = 0.01


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the function's URL answers with more 5xx than the function counts errors and throttles."""
    failed, total = context.total(function, FAILED), context.total(function, COUNT)
    if not total and not failed:
        return Undecided(f"no request to a URL of it{during(context.window)}")
    known = context.total(function, ERRORS) + context.total(function, THROTTLES)
    if not failed:
        return Passed(f"none of {plural(total, 'request')} got a 5xx")
    hidden = failed - known
    if hidden <= 0:
        return Passed(f"{failed:,} of {plural(total, 'request')} got a 5xx, all counted as errors")
    said = f"Url5xxCount {failed:,}, Errors and Throttles {known:,}"
    return Found(
        f"{function.name} answers {share_of(hidden, total)} of the requests to its URL with a 5xx that no error counts "
        f"({hidden:,} of {total:,})",
        [counted(said, function, FAILED, context, failed=failed, errors=known, requests=total)],
        Remedy("Count them by a metric of your own, or raise instead of answering 500."),
        severity=Severity.HIGH if hidden >= MANY * total else Severity.MEDIUM,
        harm=float(hidden),
    )


RULE = Rule(
    id="url-errors-unseen",
    title="A Function URL answers with 5xx that no error counts",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("metrics",),
    why="Alarms on Errors never see what the handler answers as 500 itself.",
    remedy="Raise, or count.",
    limits="Errors of other callers of the same function can hide some.",
    judge=judge,
    lacking=missing_data.metrics,
    misleads="Errors is 0.",
    runbook="url-5xx",
    measures=(FAILED, COUNT, ERRORS, THROTTLES),
)
