"""Services whose log lines do not belong to anybody's request."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.diagnose import skipped_resources
from shopfast_obs.diagnose.context import Context, log_group
from shopfast_obs.diagnose.evidence import written
from shopfast_obs.diagnose.functions.event_fed import fed_by
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import powertools

NOBODYS = ('"_aws"', '"requestId": ""', '"requestId":""')  # metrics, and lines of no request


def judge(function: Resource, context: Context) -> Judgement:
    """Found when others log correlation ids, and this function, which gets work from them, has none or only its own."""
    sources = fed_by(function, context)
    missing = context.missing("logs", log_group(function))
    if missing:
        return Undecided(missing)
    ids = context.once("correlation ids", lambda: {f.name: _ids(f, context) for f in _functions(context)})
    others = set().union(*(theirs for name, theirs in ids.items() if name != function.name))
    if not others:
        return Undecided("no other function logs correlation ids")
    spoken = _in_requests(function, context)
    if not spoken:
        return Undecided("it writes no line of its own in a request")
    own = ids.get(function.name, set())
    shared = own & others
    if shared:
        return Passed(f"{len(shared):,} of {plural(len(own), 'correlation id')} shared with other functions")
    what = f"makes {plural(len(own), 'id')} of its own" if own else "logs none"
    line = spoken[-1]
    return Found(
        f"the correlation id breaks before {function.name}: others log {plural(len(others), 'id')}, it {what}",
        [written(f"it gets its work from {' and '.join(sources)}", line, context, own=len(own), others=len(others))],
        Remedy("Carry the id in the message and take it from there.", "shopfast-obs instrument --apply"),
        confidence="likely",
    )


def _in_requests(function: Resource, context: Context) -> list[LogEvent]:
    """What it says while it serves somebody: libraries speak while it starts, and metrics have no id."""
    return [e for e in context.lines(function) if not any(mark in e.message for mark in NOBODYS)]


def _functions(context: Context) -> Iterator[Resource]:
    return context.inventory.of_type(FUNCTION)


def _ids(function: Resource, context: Context) -> set[str]:
    lines = (e.message for e in context.lines(function) if '"correlation' in e.message)
    return {record.correlation_id for record in map(powertools.record, lines) if record.correlation_id}


RULE = Rule(
    id="correlation-broken",
    title="The correlation id breaks between two services",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("logs", "configuration"),
    why="Without it nobody finds the lines of one order across the services.",
    remedy="The same id in every line, carried in the message: `instrument`.",
    limits="Looks for `correlation_id` or `correlationId` in structured lines.",
    judge=judge,
    spared=skipped_resources.not_fed,
    misleads="Each service's own logs are complete.",
    runbook="02-make-it-visible",
)
