"""Rules about failures that a function's own log names: each kind of exception has a cause and a remedy of its own."""

from __future__ import annotations

from shopfast_obs.analysis.sensitive import masked
from shopfast_obs.diagnose import episodes
from shopfast_obs.diagnose.context import Context, log_group
from shopfast_obs.diagnose.interface import Rule, plural, share_of
from shopfast_obs.diagnose.invocations import during
from shopfast_obs.model.findings import Evidence, Outcome, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import powertools
from shopfast_obs.patterns import late

MANY = 0.05
LONGEST = 160  # characters of a message that are shown


def unlogged(rule: Rule, function: Resource, context: Context) -> Outcome | None:
    """Why nothing can be told from the log; None when it has lines."""
    missing = context.missing("logs", log_group(function))
    if missing:
        return rule.unknown(function, missing)
    if context.events(function):
        return None
    return rule.unknown(function, f"its log has no line{during(context.window)}")


def logged(
    id: str,  # noqa: A002 - a rule's own word
    title: str,
    severity: Severity,
    pattern: str,
    *,
    says: str,
    when: str,
    why: str,
    remedy: str,
    limits: str,
    misleads: str = "",
) -> Rule:
    """The rule that finds lines with the pattern. Its first group names the culprit; `says` is the title with {name},
    {count}, {share} and {what}."""
    wanted = late(pattern)

    def check(function: Resource, context: Context) -> Outcome:
        nothing = unlogged(rule, function, context)
        if nothing:
            return nothing
        found = [(event, match) for event in context.events(function) if (match := wanted.search(event.message))]
        calls = len(context.all_reports(function))
        if not found:
            return rule.clear(function, f"no such line in {plural(calls, 'invocation')}")
        what = max(named := [match[match.lastindex or 0] for _, match in found], key=named.count)
        count = episodes.count(function, context, (event for event, _ in found))  # logged, then raised, is one failure
        share = count / max(calls, count)
        return rule.found(
            function,
            says.format(name=function.name, count=f"{count:,}", share=share_of(share, 1), what=what),
            [_evidence(event, len(found), context) for event, _ in found[-2:]],
            Remedy(remedy.replace("`", ""), "shopfast-obs report errors"),
            severity=severity if share >= MANY else Severity(max(Severity.LOW, severity - 1)),
            harm=float(count),
        )

    check.__doc__ = f"Found when {when}"
    rule = Rule(
        id=id,
        title=title,
        severity=severity,
        types=(FUNCTION,),
        needs=("logs",),
        why=why,
        remedy=remedy,
        limits=limits,
        check=check,
        misleads=misleads,
        runbook="error-rate",
        cause=pattern,
    )
    return rule


def _evidence(event: LogEvent, count: int, context: Context) -> Evidence:
    record = powertools.record(event.message)
    said = record.exception.message if record.exception else record.message
    said = " ".join(masked(said).split())
    short = said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
    return Evidence(
        "logs",
        short,
        f"{event.group} {event.stream}",
        {"lines": count, "timestamp": event.timestamp},
        context.window,
        (record.trace_id,) if record.trace_id else (),
    )
