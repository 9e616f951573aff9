"""Invocations that end with an error of the function."""

from __future__ import annotations

from collections import Counter

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions import episodes
from shopfast_obs.diagnose.functions.invocations import exemplars, out_of_memory
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural, share_of
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.diagnose.rules.functions import (
    access_denied,
    answer_too_large,
    async_handler,
    bad_request,
    init_failed,
    missing_resource,
    throttled_call,
)
from shopfast_obs.model.findings import Evidence, Finding, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import powertools

ERRORS = Measure(FUNCTION, "Errors")
CAUSES = tuple(
    module.RULE
    for module in (
        init_failed,
        access_denied,
        missing_resource,
        bad_request,
        answer_too_large,
        throttled_call,
        async_handler,
    )
)  # rules that say why an invocation failed


def judge(function: Resource, context: Context) -> Judgement:
    """Found when invocations failed for another reason than timeout and memory, and no other rule names it."""
    reports = context.reports(function)
    failed = [r for r in reports if r.status == "error" and not out_of_memory(r)]
    # Not every REPORT names the error of a handler; the metric counts it, timeouts and deaths included.
    counted = context.measured(function, ERRORS)
    everything = context.all_reports(function)
    others = sum(r.status == "timeout" or out_of_memory(r) for r in everything)
    hidden = int(counted.total) - others if counted and len(everything) == len(reports) else 0
    count = max(len(failed), hidden)
    if not count:
        return Passed(f"no error in {plural(len(reports), 'invocation')}")
    causes = [rule for rule in CAUSES if isinstance(rule.check(function, context), Finding)]
    raised = [line for lines in _raised(function, context).values() for line in lines]
    known = episodes.Failures(count, failed, raised)
    if causes and episodes.explained(function, context, known, (rule.cause for rule in causes)):
        named = " and ".join(rule.id for rule in causes)
        return Passed(f"the cause of {plural(count, 'error')} is named by {named}")
    kinds = _kinds(function, context) or Counter(r.error_type for r in failed if r.error_type)
    named = ", ".join(f"{kind} ({number})" for kind, number in kinds.most_common(3))
    share = count / len(reports)
    return Found(
        severity=Severity.HIGH if share >= 0.05 else Severity.MEDIUM if share >= 0.01 else Severity.LOW,
        title=(
            f"{function.name} fails in {share_of(count, len(reports))} of its invocations "
            f"({count:,} of {len(reports):,}){': ' + named if named else ''}"
        ),
        evidence=(
            Evidence(
                "logs" if failed else "metrics",
                f"{plural(count, 'error')} that are neither timeouts nor lack of memory",
                "" if failed else ERRORS.locator(function),
                {"invocations": len(reports), "errors": count, "share": share},
                context.window,
            ),
            *exemplars(failed, "failed", context.window),
        ),
        remedy=Remedy("Group them and read the innermost frame of your own code.", "shopfast-obs report errors"),
        harm=float(count),
    )


def _kinds(function: Resource, context: Context) -> Counter[str]:
    """The types of exceptions, each with the number of invocations that wrote of it."""
    found = _raised(function, context)
    return Counter({kind: episodes.count(function, context, lines) for kind, lines in found.items()})


def _raised(function: Resource, context: Context) -> dict[str, list[LogEvent]]:
    """The lines that tell of an exception, by its type."""
    found: dict[str, list[LogEvent]] = {}
    for line in context.lines(function):
        record = powertools.record(line.message)
        if record.exception and record.exception.type:
            found.setdefault(record.exception.type, []).append(line)
    return found


RULE = Rule(
    id="lambda-errors",
    title="Invocations fail",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("logs", "metrics"),
    why="The caller gets an error; an asynchronous event is tried twice more, then lost without a destination.",
    remedy="Read the grouped errors, mend the cause, and give asynchronous callers a destination for failures.",
    limits=(
        "An error that the handler turns into an HTTP 500 is a success for Lambda and not seen here. Where another "
        "rule names the cause of all errors, this one is silent."
    ),
    judge=judge,
    lacking=missing_data.invocations,
    measures=(ERRORS,),
    runbook="error-rate",
)
