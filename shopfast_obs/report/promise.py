"""Whether a prediction held: a document for scripts, and a table for readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopfast_obs.analysis.traces.what_if.promise import TOLERANCE, Judged
from shopfast_obs.report.json import document, headed
from shopfast_obs.report.text import percent, seconds, several
from shopfast_obs.report.view import Report, Section


def promise_document(change: str, after: str, judged: Sequence[Judged]) -> dict[str, Any]:
    """The JSON document: `judged[]`, times in seconds."""
    return headed("promise", {"change": change, "after": after, "judged": document(tuple(judged))})


def promise_report(change: str, after: str, judged: Sequence[Judged]) -> Report:
    """The report for a reader."""
    rows = tuple(_row(one) for one in judged)
    columns = ("route", "before", "promised", "measured", "requests", "outcome")
    note = (
        f"Kept: at most {percent(TOLERANCE)} beside what was promised. Broken: above that, beyond chance (95 % sure). "
        "Requests that failed are left out."
    )
    return Report(
        f"{change}: promised and, in {after}, measured",
        (Section("Promise", (), columns, rows, (25, 0, 0, 0, 0, 0), note=note),),
    )


def _row(one: Judged) -> tuple[str, ...]:
    low, high = one.promised
    promised = seconds(high) if abs(high - low) < 0.0005 else several(one.promised).replace(" / ", " - ")
    measured = "-" if one.measured is None else seconds(one.measured)
    return (f"{one.route} {one.percentile}", seconds(one.before), promised, measured, str(one.requests), one.outcome)
