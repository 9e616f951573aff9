"""What changed between two sets of traces: a document for scripts, and tables that fit 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shopfast_obs.analysis.compare import Comparison
from shopfast_obs.analysis.thresholds import Checked
from shopfast_obs.analysis.verdicts import AmountChange, LatencyChange, RateChange
from shopfast_obs.report.json import document, headed
from shopfast_obs.report.text import percent, plural, seconds, several
from shopfast_obs.report.view import HIDDEN, Report, Section

ROWS = 12
UNDECIDED = ("same", "not enough data")


def compare_document(found: Comparison, before: str, after: str, checked: Sequence[Checked] = ()) -> dict[str, Any]:
    """The JSON document; `worse` and each threshold's `failed` are empty when a check may pass."""
    inner: dict[str, Any] = document(found)
    sides = {"before": {"what": before, "traces": found.before}, "after": {"what": after, "traces": found.after}}
    return headed("compare", inner | sides | {"thresholds": document(checked)})


def compare_report(found: Comparison, before: str, after: str, checked: Sequence[Checked] = ()) -> Report:
    """The report for a reader, what changed first."""
    title = f"{before} ({plural(found.before, 'trace')}) against {after} ({plural(found.after, 'trace')})"
    verdict = found.worse or ("Nothing got worse as far as these traces tell.",)
    sections = (
        Section("Verdict", tuple(verdict)),
        _thresholds(checked),
        _latencies("Routes", found.routes),
        _percentiles("Percentiles of routes", found.routes),
        _rates("Errors", found.errors),
        _rates("Cold starts", found.cold_starts),
        _rates("Requests that waited for a cold start", found.waited),
        _latencies("Calls between services", found.edges),
        _rates("Failed calls between services", found.edge_errors),
        _latencies("Chains of calls", [row for row in found.chains if row.verdict not in UNDECIDED]),
        _rates("Failed chains", [row for row in found.chain_errors if row.verdict not in UNDECIDED]),
        _amounts("Calls per request", found.calls, "{:.2f}".format),
        _amounts("Critical path per request", found.critical_path, seconds),
        _rates("What requests have", [row for row in found.attributes if row.verdict not in UNDECIDED]),
        _presence(found),
        Section("Data quality", found.warnings),
    )
    return Report(title, tuple(section for section in sections if section.rows or section.lines))


def _thresholds(checked: Iterable[Checked]) -> Section:
    rows = [(one.threshold, _state(one), "; ".join(one.failed)) for one in checked]
    return Section("Thresholds", (), ("threshold", "", "because"), tuple(rows), (24, 0, 34))


def _state(checked: Checked) -> str:
    if checked.failed:
        return "failed"
    return "passed" if checked.decided else "not enough data" if checked.undecided else "nothing matches"


def _latencies(title: str, changes: Sequence[LatencyChange]) -> Section:
    rows = [
        (
            change.name,
            several((change.before.p50, change.after.p50)),
            several((change.before.p95, change.after.p95)),
            _relative(change.change),
            change.verdict,
        )
        for change in changes
    ]
    return Section(title, (), ("", "p50", "p95", "p50 by", "verdict"), tuple(rows), (19, 0, 0, 0, 0), limit=ROWS)


def _percentiles(title: str, changes: Sequence[LatencyChange]) -> Section:
    """Every percentile that the traces are enough for, and how far its change can be trusted."""
    rows = [
        (
            f"{change.name} {one.percentile}",
            several((one.before, one.after)),
            _relative(one.change),
            several(one.within).replace(" / ", " to ") if one.within else "-",
            "-" if one.p is None else f"{one.p:.2g}",
            one.verdict,
        )
        for change in changes
        for one in change.percentiles
        if one.p is not None
    ]
    note = "The difference lies within, with 95 % confidence." if rows else ""
    columns = ("", "before / after", "by", "within", "p", "verdict")
    return Section(title, (), columns, tuple(rows), (22, 0, 0, 0, HIDDEN, 0), limit=2 * ROWS, note=note)


def _relative(change: float | None) -> str:
    return "-" if change is None else f"{change * 100:+.0f} %"


def _rates(title: str, changes: Sequence[RateChange]) -> Section:
    rows = [
        (
            change.name,
            _rate(change.before),
            _rate(change.after),
            f"{change.within[0] * 100:+.1f} to {change.within[1] * 100:+.1f}" if change.within else "-",
            "-" if change.p is None else f"{change.p:.2g}",
            change.verdict,
        )
        for change in changes
        if change.before[0] or change.after[0]
    ]
    columns = ("", "before", "after", "points, 95 % sure", "p", "verdict")
    return Section(title, (), columns, tuple(rows), (28, 0, 0, HIDDEN, HIDDEN, 0), limit=ROWS)


def _rate(rate: tuple[int, int]) -> str:
    return f"{percent(rate[0] / rate[1])} of {rate[1]}" if rate[1] else "-"


def _amounts(title: str, changes: Sequence[AmountChange], shown: Any) -> Section:  # noqa: ANN401 - a formatter
    rows = [
        (
            change.name,
            shown(change.before),
            shown(change.after),
            "-" if change.p is None else f"{change.p:.2g}",
            change.verdict,
        )
        for change in changes
        if change.verdict not in UNDECIDED
    ]
    return Section(title, (), ("", "before", "after", "p", "verdict"), tuple(rows), (36, 0, 0, HIDDEN, 0), limit=ROWS)


def _presence(found: Comparison) -> Section:
    rows = [
        ("new" if presence.new else "gone", presence.kind, presence.name)
        for presence in sorted(found.presence, key=lambda p: (not p.alarming, not p.new))
    ]
    return Section("New and gone", (), ("", "what", ""), tuple(rows), (0, 0, 56), limit=2 * ROWS)
