"""Asynchronous events that are processed several times."""

from __future__ import annotations

from collections import Counter

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import exemplars
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

MANY = 0.01


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the same request id has several invocations: Lambda retries asynchronous events that fail."""
    times = Counter(report.request_id for report in context.all_reports(function) if report.request_id)
    again = {request: count for request, count in times.items() if count > 1}
    if not again:
        return Passed(f"each of {plural(len(times), 'request')} ran once")
    last = [r for r in context.all_reports(function) if r.request_id in again]
    extra = sum(again.values()) - len(again)
    return Found(
        f"{function.name} processed {plural(len(again), 'event')} more than once: {plural(extra, 'repetition')}, one "
        f"event {max(again.values())} times",
        [
            Evidence(
                "logs",
                f"{len(again):,} of {plural(len(times), 'request id')} have several REPORTs",
                "",
                {"events": len(again), "repeated": extra, "requests": len(times)},
                context.window,
            ),
            *exemplars(last, "ran again", context.window)[:2],
        ],
        Remedy(
            "Mend what fails, make the work idempotent, and choose MaximumRetryAttempts and a destination for failures."
        ),
        severity=Severity.MEDIUM if len(again) >= MANY * len(times) else Severity.LOW,
        harm=float(extra),
    )


RULE = Rule(
    id="lambda-events-retried",
    title="Asynchronous events are processed several times",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("logs",),
    why="What the first attempt did before it failed is done again: mails, charges, rows.",
    remedy="Idempotency, and retries that are chosen.",
    limits="A client's own retry has a new request id and is not seen.",
    judge=judge,
    lacking=missing_data.invocations,
    misleads="It looks as if the sender had sent duplicates.",
    runbook="error-rate",
)
