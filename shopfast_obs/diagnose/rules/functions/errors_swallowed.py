"""Failures that the function catches and Lambda therefore does not count."""

from __future__ import annotations

from collections import Counter

from shopfast_obs.analysis.sensitive import masked
from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.requests import requests
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural, share_of
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.failures import Failure
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource, is_durable

ERRORS = Measure(FUNCTION, "Errors")
LOGGED = ("exception", "logged")
MANY = 0.05


def judge(function: Resource, context: Context) -> Judgement:
    """Found when invocations that succeeded for Lambda logged an error or an exception."""
    if not context.lines(function):
        return Undecided("it writes no line of its own")
    if is_durable(function):
        return Passed("its steps are tried again, and durable-failures looks at executions that fail")
    judged = requests(function, context)
    fine = {request.report.request_id for request in judged if request.verdict == "ok"}
    told = [f for f in context.failures(function) if f.kind in LOGGED and f.request_id in fine and not _guard(f)]
    ids = {failure.request_id for failure in told}
    if not ids:
        return Passed(f"no error line in {plural(len(fine), 'successful invocation')}")
    # Not every REPORT names the error that a handler raised; the metric counts it.
    raised = context.total(function, ERRORS) - sum(request.verdict != "ok" for request in judged)
    if raised >= len(ids):
        return Passed(f"Lambda counts what it logs: {plural(raised, 'error')}")
    kinds = Counter(failure.type or masked(failure.message).strip()[:60] or "an error" for failure in told)
    counted_errors = context.total(function, ERRORS)
    share = len(ids) / len(fine)
    last = told[-1]
    return Found(
        f"{function.name} logs errors in {share_of(len(ids), len(fine))} of its successful invocations "
        f"({len(ids):,} of {len(fine):,}): {kinds.most_common(1)[0][0]}; Lambda counts {counted_errors:,}",
        [
            Evidence(
                "logs",
                ", ".join(f"{kind} ({count:,})" for kind, count in kinds.most_common(3)),
                f"{last.group} {last.stream} RequestId {last.request_id}",
                {"requests": len(ids), "successful": len(fine), "errors": counted_errors},
                context.window,
                tuple(dict.fromkeys(f.trace_id for f in told if f.trace_id))[:3],
            )
        ],
        Remedy(
            "Count it with an alarm, and raise what the caller should know; for a batch, report the failed items.",
            "shopfast-obs report errors",
        ),
        severity=Severity.HIGH if share >= MANY else Severity.LOW,
        harm=float(len(ids)),
    )


def _guard(failure: Failure) -> bool:
    """True for the last word before a deadline that the invocation met after all."""
    return '"remaining_ms"' in failure.line


RULE = Rule(
    id="lambda-errors-swallowed",
    title="Errors are logged, and Lambda counts none",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("logs", "metrics"),
    why="Alarms, retries and dead-letter queues work on the function's own errors: these they never see.",
    remedy="Raise, or count: nothing in between.",
    limits="An error line that a function writes about its caller's mistake counts, too.",
    judge=judge,
    lacking=missing_data.invocations,
    misleads="Errors is 0 and every dashboard is green.",
    runbook="error-rate",
    measures=(ERRORS,),
)
