"""Requests that read a whole table."""

from __future__ import annotations

from shopfast_obs.analysis.traces.outcome import operation, resource
from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.telemetry import Segment

NEAR = 0.8


def judge(function: Resource, context: Context) -> Judgement:
    """Found when traces or the source have Scan calls; graver when the function is slow or killed."""
    traces, source = context.traces(function), context.sources.get(function.name)
    found = [
        (trace.id, part) for trace in traces for part in trace.walk() if part.namespace and operation(part) == "Scan"
    ]
    places = list(source.of("scan")) if source else []
    if not found and not places:
        if not traces and source is None:
            return Undecided(missing_data.traces(function, context) or "its source is not here")
        return Passed("neither its traces nor its source scan a table")
    tables = some(resource(part) for _, part in found) if found else "a table"
    ids = tuple(dict.fromkeys(trace_id for trace_id, _ in found))
    spent = sum(part.duration for _, part in found)
    slow = _slow(function, context)
    evidence = [Evidence("source code", "scan", call.place, {"line": call.line}) for call in places[:2]]
    if found:
        said = f"{plural(len(found), 'Scan')} in {plural(len(ids), 'trace')}, {spent / len(ids):.2f} s a request"
        numbers = {"scans": len(found), "traces": len(ids), "seconds": spent, "items": _items(found)}
        evidence.insert(0, Evidence("traces", said, " ".join(ids[:3]), numbers, context.window, ids[:3]))
    return Found(
        f"{function.name} reads all of {tables} to answer a request: {spent / len(ids):.2f} s in {len(ids):,} of "
        f"{plural(len(traces), 'trace')}"
        if ids
        else f"{function.name} scans a table: that takes the longer, the larger the table is",
        evidence,
        Remedy("Query by key or index, page with Limit, and project only the fields that are shown."),
        severity=Severity.MEDIUM if slow else Severity.INFO,
        confidence="certain" if found else "likely",
        harm=float(len(ids)),
    )


def _slow(function: Resource, context: Context) -> bool:
    """True when the function is killed or comes near its timeout."""
    timeout = number(function.effective("Timeout")) or 0
    return any(r.status == "timeout" or r.duration >= NEAR * timeout for r in context.reports(function))


def _items(found: list[tuple[str, Segment]]) -> int:
    counts = (part.aws.get("scanned_count", part.aws.get("count")) for _, part in found)
    return max((count for count in counts if isinstance(count, int)), default=0)


RULE = Rule(
    id="dynamodb-full-scan",
    title="A request reads a whole table",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("traces", "source code"),
    why="Time, memory and price grow with the table, not with what the customer sees.",
    remedy="Query, page, project.",
    limits="A scan with a filter reads as much; a small table that stays small may be scanned.",
    judge=judge,
    misleads="It was fast with the test data.",
)
