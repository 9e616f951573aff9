"""What changed between two sets of traces: a document for scripts, and tables that fit 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from shopfast_obs.analysis.comparison.compare import Comparison
from shopfast_obs.analysis.comparison.significance import ENOUGH
from shopfast_obs.analysis.comparison.thresholds import Checked
from shopfast_obs.analysis.comparison.trace_diff import TraceDiff
from shopfast_obs.analysis.comparison.wording import AmountChange, LatencyChange, RateChange
from shopfast_obs.model.records import record
from shopfast_obs.report.json import document, headed
from shopfast_obs.report.text import percent, plural, seconds, several
from shopfast_obs.report.view import HIDDEN, Report, Section

ROWS = 12
UNDECIDED = ("same", "not enough data")


@record
class ComparisonLabels:
    """What belongs to a comparison beside it: how its sides are called, its thresholds, and the parts of two traces
    where each side is one. `whole` asks for every row also where none is decided."""

    before: str
    after: str
    thresholds: Sequence[Checked] = ()
    parts: TraceDiff | None = None
    whole: bool = False


def compare_document(found: Comparison, told: ComparisonLabels) -> dict[str, Any]:
    """The JSON document; `worse` and each threshold's `failed` are empty when a check may pass."""
    inner: dict[str, Any] = document(found)
    sides = {
        "before": {"what": told.before, "traces": found.before},
        "after": {"what": told.after, "traces": found.after},
    }
    more = {"thresholds": document(told.thresholds), "trace_diff": document(told.parts)}
    return headed("compare", inner | sides | more)


def compare_report(found: Comparison, told: ComparisonLabels) -> Report:
    """The report for a reader, what changed first."""
    if not _all(told) and undecided(found):
        return _nothing_decided(found, told)
    title = f"{told.before} ({plural(found.before, 'trace')}) against {told.after} ({plural(found.after, 'trace')})"
    sections = (
        Section("Verdict", _verdict(found, told)),
        _thresholds(told.thresholds),
        _parts(told.parts),
        _latencies("Routes", found.routes if _judged(found.routes) or _all(told) else ()),
        _latencies("Functions (Duration of warm invocations)", found.functions),
        _percentiles("Percentiles of routes", found.routes),
        _rates("Errors", found.errors),
        _rates("Cold starts", _judged(found.cold_starts)),
        _rates("Requests that waited for a cold start", _judged(found.waited)),
        _latencies("Calls between services", _judged(found.edges)),
        _rates("Failed calls between services", _judged(found.edge_errors)),
        _latencies("Chains of calls", [row for row in found.chains if row.verdict not in UNDECIDED]),
        _rates("Failed chains", [row for row in found.chain_errors if row.verdict not in UNDECIDED]),
        _amounts("Calls per request", found.calls, "{:.2f}".format),
        _amounts("Critical path per request", found.critical_path, seconds),
        _rates("What requests have", [row for row in found.attributes if row.verdict not in UNDECIDED]),
        _presence(found),
        Section("Data quality", (*found.warnings, *_unjudged(found))),
    )
    return Report(title, tuple(section for section in sections if section.rows or section.lines))


def _all(told: ComparisonLabels) -> bool:
    """True where also what has no verdict is asked for."""
    return bool(told.whole or told.parts or told.thresholds)


def undecided(found: Comparison) -> bool:
    """True when both sides have traces, and too few for a verdict on anything."""
    latencies = (*found.routes, *found.functions, *found.edges, *found.chains)
    rates = (*found.errors, *found.edge_errors, *found.chain_errors, *found.cold_starts, *found.waited)
    amounts = (*found.calls, *found.critical_path)
    verdicts = {
        *(row.verdict for row in latencies),
        *(row.verdict for row in (*rates, *found.attributes)),
        *(row.verdict for row in amounts),
    }
    judged = verdicts - {UNDECIDED[1]}
    return bool(found.before and found.after) and not judged and not found.worse


def _nothing_decided(found: Comparison, told: ComparisonLabels) -> Report:
    """One line in place of tables without a verdict; what is wrong with the data is said all the same."""
    line = f"Not enough data to tell a change from an accident: {_missing(found)}. --verbose shows them."
    problems = tuple(warning for warning in found.warnings if not warning.startswith(("few: ", "unequal: ")))
    sections = (Section("Verdict", (line,)), Section("Data quality", problems))
    return Report(f"{told.before} against {told.after}", tuple(one for one in sections if one.lines))


def _missing(found: Comparison) -> str:
    """How many requests the route with most has, and how many more each side needs."""
    if not found.routes:
        return f"no route is on both sides ({plural(found.before, 'trace')} before, {found.after} after)"
    most = max(found.routes, key=lambda row: min(row.before.count, row.after.count))
    old, new = most.before.count, most.after.count
    more = [f"{ENOUGH - count} more {side}" for side, count in (("before", old), ("after", new)) if count < ENOUGH]
    return f"{most.name} has {plural(old, 'request')} before and {new} after, and needs {' and '.join(more)}"


_Judged = TypeVar("_Judged", LatencyChange, RateChange)


def _judged(changes: Sequence[_Judged]) -> list[_Judged]:
    """Those with enough data; where nothing can be said of routes, it is said there."""
    return [change for change in changes if change.verdict != UNDECIDED[1]]


def _unjudged(found: Comparison) -> tuple[str, ...]:
    rates = (*found.cold_starts, *found.waited, *found.edge_errors)
    count = sum(row.verdict == UNDECIDED[1] and any(row.before + row.after) for row in rates)
    count += sum(row.verdict == UNDECIDED[1] for row in found.edges)
    return (
        (f"few: {plural(count, 'row')} about cold starts and calls between services (--format json)",) if count else ()
    )


def _verdict(found: Comparison, told: ComparisonLabels) -> tuple[str, ...]:
    if found.worse:
        return found.worse
    if told.parts is not None:
        return ("One trace on each side: these are differences, and may be accidents.",)
    better = tuple(
        f"{row.name} fails less often: {row.before[0]} of {row.before[1]} requests before, {row.after[0]} of "
        f"{row.after[1]} after"
        for row in found.errors
        if row.verdict == "fewer"
    )
    if all(row.verdict == "not enough data" for row in found.routes):
        return (*better, f"Not enough data on how long requests take: {_missing(found)}.")
    return (*better, "Nothing got worse as far as these traces tell.")


def _thresholds(checked: Iterable[Checked]) -> Section:
    rows = [(one.threshold, _state(one), "; ".join(one.failed)) for one in checked]
    lines = tuple(f"{one.threshold}: {reason}" for one in checked for reason in one.failed[:3])
    return Section(
        "Thresholds", (), ("threshold", "", "because"), tuple(rows), (40, 0, HIDDEN), limit=3 * ROWS, instead=lines
    )


def _state(checked: Checked) -> str:
    if checked.failed:
        return "failed"
    return "passed" if checked.decided else "not enough data" if checked.undecided else "nothing matches"


def _parts(diff: TraceDiff | None) -> Section:
    """What differs between two traces, each part below what it belongs to."""
    rows = [
        (
            f"{'  ' * min(row.depth, 6)}{row.name}",
            f"{row.count[0]} / {row.count[1]}",
            several(row.seconds),
            row.difference,
        )
        for row in (diff.parts if diff else ())
        if row.difference != "same"
    ]
    lines = (f"{percent(diff.matched)} of the parts are in both traces.",) if diff else ()
    columns = ("part", "times", "before / after", "")
    return Section("Parts that differ", lines, columns, tuple(rows), (36, 0, 0, 0), limit=4 * ROWS)


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
    lines = [f"{row.name}: trace {row.exemplars[0]}" for row in changes if row.verdict == "slower" and row.exemplars]
    columns = ("", "p50", "p95", "p50 by", "verdict")
    return Section(title, tuple(lines[:3]), columns, tuple(rows), (19, 0, 0, 0, 0), limit=ROWS)


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
        ("new" if presence.new else "gone", presence.kind, presence.name, next(iter(presence.exemplars), ""))
        for presence in sorted(found.presence, key=lambda p: (not p.alarming, not p.new))
    ]
    lines = [f"{p.name}: trace {p.exemplars[0]}" for p in found.presence if p.alarming and p.exemplars]
    columns = ("", "what", "", "such as")
    return Section(
        "New and gone", (), columns, tuple(rows), (0, 0, 56, HIDDEN), limit=2 * ROWS, instead=tuple(lines[:3])
    )
