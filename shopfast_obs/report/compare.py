"""What changed between two sets of traces: a document for scripts, and tables that fit 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopfast_obs.analysis.compare import AmountChange, Comparison, LatencyChange, RateChange
from shopfast_obs.report.json import document, headed
from shopfast_obs.report.text import percent, plural, seconds, several
from shopfast_obs.report.view import Report, Section

ROWS = 12


def compare_document(found: Comparison, before: str, after: str) -> dict[str, Any]:
    """The JSON document; `worse` is empty when a check may pass."""
    inner: dict[str, Any] = document(found)
    sides = {"before": {"what": before, "traces": found.before}, "after": {"what": after, "traces": found.after}}
    return headed("compare", inner | sides)


def compare_report(found: Comparison, before: str, after: str) -> Report:
    """The report for a reader, what changed first."""
    title = f"{before} ({plural(found.before, 'trace')}) against {after} ({plural(found.after, 'trace')})"
    verdict = found.worse or ("Nothing got worse as far as these traces tell.",)
    sections = (
        Section("Verdict", tuple(verdict)),
        _latencies("Routes", found.routes),
        _rates("Errors", found.errors),
        _rates("Cold starts", found.cold_starts),
        _latencies("Calls between services", found.edges),
        _amounts("Calls per request", found.calls, "{:.2f}".format),
        _amounts("Critical path per trace", [row for row in found.critical_path if row.verdict != "same"], seconds),
        _presence(found),
        Section("Data quality", found.warnings),
    )
    return Report(title, tuple(section for section in sections if section.rows or section.lines))


def _latencies(title: str, changes: Sequence[LatencyChange]) -> Section:
    rows = [
        (
            change.name,
            several((change.before.p50, change.after.p50)),
            several((change.before.p95, change.after.p95)),
            "-" if change.change is None else f"{change.change * 100:+.0f} %",
            change.verdict,
        )
        for change in changes
    ]
    return Section(title, (), ("", "p50", "p95", "p50 by", "verdict"), tuple(rows), (19, 0, 0, 0, 0), limit=ROWS)


def _rates(title: str, changes: Sequence[RateChange]) -> Section:
    rows = [
        (change.name, _rate(change.before), _rate(change.after), change.verdict)
        for change in changes
        if change.before[0] or change.after[0]
    ]
    return Section(title, (), ("", "before", "after", "verdict"), tuple(rows), (28, 0, 0, 0), limit=ROWS)


def _rate(rate: tuple[int, int]) -> str:
    return f"{percent(rate[0] / rate[1])} of {rate[1]}" if rate[1] else "-"


def _amounts(title: str, changes: Sequence[AmountChange], shown: Any) -> Section:  # noqa: ANN401 - a formatter
    rows = [
        (change.name, shown(change.before), shown(change.after), change.verdict)
        for change in changes
        if change.verdict != "same"
    ]
    return Section(title, (), ("", "before", "after", "verdict"), tuple(rows), (36, 0, 0, 0), limit=ROWS)


def _presence(found: Comparison) -> Section:
    rows = [
        ("new" if presence.new else "gone", presence.kind, presence.name)
        for presence in sorted(found.presence, key=lambda p: (not p.alarming, not p.new))
    ]
    return Section("New and gone", (), ("", "what", ""), tuple(rows), (0, 0, 56), limit=2 * ROWS)
