"""What changes would bring: a document for scripts, and for readers a table for each change, with what it assumes and
the next command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shopfast_obs.analysis.statistics import Distribution
from shopfast_obs.analysis.traces.what_if.changes import BATCHES, Change
from shopfast_obs.analysis.traces.what_if.prediction import Prediction, RoutePrediction
from shopfast_obs.model.counts import plural
from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.report.json import document, headed
from shopfast_obs.report.text import several
from shopfast_obs.report.view import Report, Section

ENOUGH = 20  # requests of a route; below that no percentile is predicted
ASSUMES = {
    "instant": "the call takes no time, and what follows begins earlier: the most that a cache could bring.",
    "batch": "a batch ({batch}) takes as long as the longest of its calls; what lies between them goes (first time) "
    "or stays (second).",
    "at-once": "the calls begin together, and none is slower beside the others.",
    "warm": "no request waits for an environment or a runtime (provisioned concurrency, SnapStart, whose price is not "
    "in it).",
    "memory": "{how}.",
    "timeout": "a request whose function takes longer fails at that time.",
}
NEXT = {
    "instant": "shopfast-obs trace {exemplar}",
    "batch": "shopfast-obs explain calls-one-by-one",
    "at-once": "shopfast-obs explain calls-in-a-row",
    "warm": "shopfast-obs explain lambda-slow-init",
    "memory": "shopfast-obs tune {what} --memory {value:g}",
    "timeout": "shopfast-obs fix --diff",
}


def what_if_document(
    found: Sequence[Prediction], window: TimeRange | None, problems: Sequence[str] = ()
) -> dict[str, Any]:
    """The JSON document: `predictions[]`, what saves most first; times in seconds."""
    predictions = [
        {**document(one), "change": str(one.change), "assumes": assumption(one), "next": following(one)}
        for one in found
    ]
    return headed("what-if", {"window": document(window), "predictions": predictions, "warnings": list(problems)})


def what_if_report(found: Sequence[Prediction], traces: int, where: str, problems: Sequence[str] = ()) -> Report:
    """The report for a reader; `where` says which traces were replayed."""
    sections = [_section(place, one) for place, one in enumerate(found, 1)]
    sections.append(Section("Data quality", tuple(problems)))
    title = f"{plural(traces, 'trace')} {where}, replayed under {plural(len(found), 'change')}"
    return Report(title, tuple(section for section in sections if section.rows or section.lines))


def what_if_table(found: Sequence[Prediction]) -> Section:
    """The changes in one table, each with the route that it gains most on, and its next command."""
    rows = tuple(
        (named(one.change), route.route, f"{route.changed} of {route.requests}", _times(route, "p50"),
         _times(route, "p95"), following(one))
        for one in found
        if (route := next(iter(one.routes), None))
    )  # fmt: skip
    columns = ("change", "route", "changed", "p50 now / then", "p95 now / then", "next")
    note = "Predicted by replaying these traces; shopfast-obs report what-if says what each assumes."
    return Section("What would help", (), columns, rows, limit=8, note=note if rows else "")


def named(change: Change) -> str:
    """The change for a reader: `DynamoDB GetItem items of orders in batches`."""
    what = change.what
    return {
        "instant": f"{what} instant",
        "batch": f"{what} in batches",
        "at-once": f"{what} at once",
        "warm": f"no cold starts of {what}",
        "memory": f"{what} with {change.value:g} MB",
        "timeout": f"{what} with a Timeout of {change.value:g} s",
    }[change.kind]


def assumption(prediction: Prediction) -> str:
    """What must be true for the prediction to hold."""
    change = prediction.change
    batch = next((to for name, (to, _) in BATCHES.items() if f" {name}" in change.what), "a batch of the service")
    sure = prediction.saved[0] == prediction.saved[1]
    how = (
        "it takes as much less time as was measured at both sizes"
        if sure
        else "CPU comes with memory; a trace does not tell how much of a call is the function's own work, so the first "
        "time is that of all being faster, the second that of calls taking as long (tune measures it: --measured FILE)"
    )
    return ASSUMES[change.kind].format(batch=batch, how=how)


def following(prediction: Prediction) -> str:
    """The next command."""
    change = prediction.change
    what = change.what if not set(change.what) & set("*?") else "FUNCTION"
    return NEXT[change.kind].format(exemplar=prediction.exemplar, what=what, value=change.value)


def _section(place: int, prediction: Prediction) -> Section:
    rows = tuple(
        (route.route, f"{route.changed} of {route.requests}", _times(route, "p50"), _times(route, "p95"))
        for route in prediction.routes
    )
    columns = ("route", "changed", "p50 now / then", "p95 now / then")
    title = f"{place}. {named(prediction.change)}"
    return Section(title, tuple(_about(prediction)), columns, rows, (30, 0, 0, 0))


def _times(route: RoutePrediction, name: str) -> str:
    """`1.20 / 0.40 s`, and where only a range is known `1.20 / 0.40 - 0.90 s`; a p95 of few requests is a dash."""
    if not route.most.count or (name != "p50" and route.requests < ENOUGH):
        return "-"
    now, least, most = (getattr(one, name) for one in (route.now, route.least, route.most))
    if abs(least - most) < 0.0005:
        return several((now, most))
    both = several((now, least, most)).split(" / ")
    return f"{both[0]} / {both[1]} - {both[2]}"


def _about(prediction: Prediction) -> Iterator[str]:
    yield f"Assumes: {assumption(prediction)}"
    if failing := sum(route.failing for route in prediction.routes):
        yield f"{plural(failing, 'request')} would fail."
    if failed := sum(route.failed for route in prediction.routes):
        yield f"Left out: {plural(failed, 'request')} that failed; how long they take once they succeed is not known."
    for route in prediction.routes:
        if route.requests >= ENOUGH and (sure := _sure(route.least, route.most)):
            yield f"{route.route}: p95 then {several(sure).replace(' / ', ' to ')} (95 % sure, of these requests)."
    if any(route.requests < ENOUGH for route in prediction.routes):
        yield f"Too few to predict a p95: routes with fewer than {ENOUGH} requests that succeeded."
    if prediction.usd is not None:
        yield f"Lambda's time: {_usd(prediction.usd)} USD for a million requests."
    yield f"Next: {following(prediction)}"


def _sure(least: Distribution, most: Distribution) -> tuple[float, float] | None:
    if least.p95_interval is None or most.p95_interval is None:
        return None
    return least.p95_interval[0], most.p95_interval[1]


def _usd(both: tuple[float, float]) -> str:
    low, high = (f"{value:+.2f}" for value in both)
    return low if low == high else f"{low} to {high}"
