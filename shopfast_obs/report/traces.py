"""The report on traces: a document for scripts, and sections for readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.analysis.traces import Overview, TraceSummary
from shopfast_obs.model.telemetry import AlarmStatus, TimeRange
from shopfast_obs.report.json import document
from shopfast_obs.report.view import Report, Section, percent, seconds, several, shortened

EDGES = 25  # rows of the service map that a reader gets; the document has all
PATTERNS = {
    "n_plus_one": "N+1",
    "repeated": "repeated",
    "sequential": "in a row",
    "slow": "slow",
    "retried": "retried",
    "throttled": "throttled",
}
MEANINGS = {
    "cycle": "segments that are their own ancestors; cut where the loop began",
    "missing_root": "the root segment is missing; the earliest part stands in",
    "missing_parent": "a parent is missing; its parts hang under the root",
    "several_roots": "more than one segment has no parent",
    "in_progress": "a part has no end yet",
    "clock_skew": "clocks contradict each other",
    "duration_mismatch": "X-Ray's duration is not that of its parts",
    "duplicate_id": "two parts share an id",
    "limit_exceeded": "X-Ray dropped parts of a trace that was too large",
    "malformed": "documents that cannot be read",
    "empty": "a trace without segments",
}


def trace_document(
    overview: Overview,
    window: TimeRange | None,
    problems: Sequence[str] = (),
    alarms: Sequence[AlarmStatus] = (),
) -> dict[str, Any]:
    """The JSON document: `traces[]` beside the aggregates; times in seconds."""
    return {
        "window": document(window),
        "traces": [_trace(summary) for summary in overview.traces],
        "entry_points": document(overview.entry_points),
        "service_map": document(overview.service_map),
        "breakdown": dict(overview.breakdown),
        "critical_path": document(overview.steps),
        "cold_starts": document(overview.cold_starts),
        "patterns": document(overview.patterns),
        "outliers": document(overview.outliers),
        "alarms": document(alarms),
        "quality": dict(overview.quality),
        "warnings": list(problems),
    }


def _trace(summary: TraceSummary) -> dict[str, Any]:
    return {
        "id": summary.id,
        "start": summary.start,
        "duration": summary.duration,
        "response": summary.response,
        "entry_point": summary.entry_point,
        "outcome": summary.outcome,
        "breakdown": dict(summary.breakdown),
        "critical_path": list(summary.critical_path),
        "cold_starts": summary.cold_starts,
        "parts": summary.parts,
        "warnings": list(summary.warnings),
    }


def trace_report(
    overview: Overview, where: str, problems: Sequence[str] = (), alarms: Sequence[AlarmStatus] = ()
) -> Report:
    """The report for a reader, in tables that fit 80 columns; `where` says which traces these are."""
    sections = (
        _entry_points(overview),
        _time(overview),
        _steps(overview),
        _map(overview),
        _cold_starts(overview),
        _patterns(overview),
        _outliers(overview),
        _alarms(alarms),
        _slowest(overview),
        _quality(overview, problems),
    )
    count = len(overview.traces)
    title = f"{count} trace{'s' if count != 1 else ''} {where}"
    return Report(title, tuple(section for section in sections if section.rows or section.lines))


def _entry_points(overview: Overview) -> Section:
    rows = []
    for entry in overview.entry_points:
        counts, latency = entry.counts, entry.counts.latency
        ends = f"{counts.ok}/{counts.error}/{counts.throttle}/{counts.fault}"
        times = several((latency.p50, latency.p95, latency.p99, latency.max))
        rows.append((shortened(entry.name, 25), str(counts.total), ends, times))
    columns = ("entry point", "n", "ok/4xx/429/5xx", "p50 / p95 / p99 / max")
    return Section("Entry points", (), columns, tuple(rows))


def _time(overview: Overview) -> Section:
    total = sum(overview.breakdown.values())
    count = len(overview.traces) or 1
    rows = [
        (_short(category), percent(spent / total), seconds(spent / count), "#" * round(spent / total * 30))
        for category, spent in sorted(overview.breakdown.items(), key=lambda item: -item[1])
        if spent > 0
    ]
    return Section("Where the time goes", (), ("on the critical path", "share", "per trace", ""), tuple(rows))


def _steps(overview: Overview) -> Section:
    total = sum(overview.breakdown.values()) or 1.0
    rows = [
        (shortened(step.name, 32), _short(step.category), str(step.traces), percent(step.seconds / total))
        for step in overview.steps[:8]
        if step.seconds / total >= 0.005
    ]
    return Section("What customers waited for", (), ("part", "kind", "traces", "could save"), tuple(rows))


def _map(overview: Overview) -> Section:
    rows = []
    for edge in overview.service_map.edges:
        if edge.source == edge.target:  # a function's two nodes: the invocation and its code
            continue
        counts = edge.counts
        callee = f"{'~>' if edge.asynchronous else '->'} {shortened(edge.target, 19)}"
        ends = f"{counts.error + counts.throttle}/{counts.fault}"
        times = several((counts.latency.p50, counts.latency.p95))
        rows.append((shortened(edge.source, 19), callee, str(counts.total), ends, times))
    more = len(rows) - EDGES
    lines = (f"{more} more edges are in --format json.",) if more > 0 else ()
    columns = ("caller", "callee (~> async)", "n", "4xx/5xx", "p50 / p95")
    return Section("Service map", lines, columns, tuple(rows[:EDGES]))


def _cold_starts(overview: Overview) -> Section:
    rows = []
    for starts in overview.cold_starts:
        cost = f"{seconds(starts.container.p50)} + {seconds(starts.runtime.p50)}" if starts.cold else "-"
        name = shortened(starts.function, 22)
        counts = (str(starts.invocations), str(starts.cold), percent(starts.rate), str(starts.pre_initialised))
        rows.append((name, *counts, cost))
    columns = ("function", "calls", "cold", "rate", "ready", "environment + init p50")
    return Section("Cold starts", (), columns, tuple(rows))


def _patterns(overview: Overview) -> Section:
    rows = [
        (PATTERNS[p.kind], f"{shortened(p.service, 15)}: {shortened(p.call, 20)}", str(p.traces), str(p.calls),
         seconds(p.seconds / p.traces))
        for p in overview.patterns[:12]
    ]  # fmt: skip
    lines = tuple(f"{PATTERNS[p.kind]}: trace {p.exemplars[0]}" for p in overview.patterns[:3])
    return Section("Call patterns", lines, ("pattern", "service: call", "traces", "calls", "extra"), tuple(rows))


def _outliers(overview: Overview) -> Section:
    rows = [
        (f"{o.chosen}: {shortened(o.entry_point, 20)}", shortened(f"{o.attribute} = {o.value}", 24), percent(o.share),
         percent(o.share_of_rest))
        for o in overview.outliers[:10]
    ]  # fmt: skip
    return Section("What stands out", (), ("traces", "attribute", "of these", "of the rest"), tuple(rows))


def _alarms(alarms: Sequence[AlarmStatus]) -> Section:
    loud = sorted((a for a in alarms if a.state == "ALARM"), key=lambda alarm: -alarm.changed)
    rows = [(shortened(alarm.name, 32), shortened(alarm.reason, 40)) for alarm in loud]
    states = [(state, sum(alarm.state == state for alarm in alarms)) for state in ("OK", "INSUFFICIENT_DATA")]
    quiet = " and ".join(f"{count} in {state}" for state, count in states if count)
    return Section("Alarms", (f"{quiet}.",) if quiet else (), ("in ALARM", "why"), tuple(rows))


def _slowest(overview: Overview) -> Section:
    slowest = sorted(overview.traces, key=lambda summary: -summary.duration)[:5]
    rows = [(s.id, seconds(s.duration), s.outcome, _most(s.breakdown)) for s in slowest]
    return Section("Slowest", (), ("trace", "duration", "outcome", "mostly"), tuple(rows))


def _most(breakdown: Mapping[str, float]) -> str:
    return _short(max(breakdown, key=lambda category: breakdown[category]))


def _short(category: str) -> str:
    return category.replace("_", " ").replace("initialization", "init")


def _quality(overview: Overview, problems: Sequence[str]) -> Section:
    rows = [(kind, str(count), MEANINGS.get(kind, "")) for kind, count in overview.quality.items()]
    return Section("Data quality", tuple(problems), ("warning", "traces", "what it means"), tuple(rows))
