"""The report on traces: a document for scripts, and sections for readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopfast_obs.analysis.traces.overview.overview import Overview
from shopfast_obs.analysis.traces.overview.summaries import TraceSummary
from shopfast_obs.analysis.traces.overview.timeline import timelines
from shopfast_obs.model.telemetry import AlarmStatus, ServiceTotals, TimeRange
from shopfast_obs.report import trace_tables as tables
from shopfast_obs.report.headlines import FEW, headlines
from shopfast_obs.report.json import document, headed
from shopfast_obs.report.text import plural
from shopfast_obs.report.view import Report, Section

# What the waterfall of a single trace shows itself.
WATERFALL = frozenset(("Entry points", "Where the time goes", "Service map", "Cold starts", "Slowest"))


def trace_document(
    overview: Overview,
    window: TimeRange | None,
    problems: Sequence[str] = (),
    alarms: Sequence[AlarmStatus] = (),
    totals: Sequence[ServiceTotals] = (),
) -> dict[str, Any]:
    """The JSON document: `traces[]` beside the aggregates; times in seconds. `totals` are X-Ray's own."""
    body = {
        "window": document(window),
        "headlines": list(headlines(overview, alarms)),
        "traces": [_trace(summary) for summary in overview.traces],
        "entry_points": document(overview.entry_points),
        "timelines": document(timelines(overview.traces)),
        "service_map": document(overview.service_map),
        "breakdown": dict(overview.breakdown),
        "critical_path": document(overview.steps),
        "cold_starts": document(overview.cold_starts),
        "patterns": document(overview.patterns),
        "outliers": document(overview.outliers),
        "attributes": document(overview.attributes),
        "failures": document(overview.failures),
        "alarms": document(alarms),
        "quality": dict(overview.quality),
        "sampling": document(overview.sampling),
        "deployments": document(overview.deployments),
        "totals": document(totals),
        "warnings": list(problems),
    }
    return headed("traces", body)


def _trace(summary: TraceSummary) -> dict[str, Any]:
    # By hand, because there are thousands: looking at each value for what it is takes ten times as long.
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
    overview: Overview,
    where: str,
    problems: Sequence[str] = (),
    alarms: Sequence[AlarmStatus] = (),
    now: tables.Clock = tables.Clock(),  # noqa: B008 - frozen
    *,
    look: str = "",
    totals: Sequence[ServiceTotals] = (),
) -> Report:
    """The report for a reader, in tables that can be narrowed; `where` says which traces these are, `look` is the
    command that shows one of them, with {id} for its id. It says most of what there is to say of a single trace."""
    sections = (
        Section("At a glance", headlines(overview, alarms)),
        tables.totals(totals, len(overview.traces)),
        tables.entry_points(overview),
        tables.across(overview),
        tables.confidence(overview),
        tables.over_time(overview),
        tables.deployments(overview),
        tables.breakdown(overview),
        tables.steps(overview),
        tables.service_map(overview),
        tables.failures(overview),
        tables.outliers(overview),
        tables.cold_starts(overview),
        tables.patterns(overview),
        tables.alarms(alarms, now),
        tables.alarm_history(alarms, now),
        tables.slowest(overview),
        tables.quality(overview, problems),
        _next(overview, look),
    )
    told = WATERFALL if len(overview.traces) == 1 else frozenset()
    title = f"{plural(len(overview.traces), 'trace')} {where}"
    return Report(title, tuple(one for one in sections if (one.rows or one.lines) and one.title not in told))


def _next(overview: Overview, look: str) -> Section:
    """The command that shows the trace that took longest, where there are few."""
    if not look or not 0 < len(overview.traces) < FEW:
        return Section("Next")
    slowest = max(overview.traces, key=lambda summary: summary.duration)
    what = "It" if len(overview.traces) == 1 else "The slowest"
    return Section("Next", (f"{what} as a waterfall: {look.format(id=slowest.id)}",))
