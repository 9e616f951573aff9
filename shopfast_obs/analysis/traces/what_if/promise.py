"""Whether a saved prediction held: the routes that it promised times of, beside those that were measured. Seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from shopfast_obs.analysis.statistics import Distribution, distribution
from shopfast_obs.analysis.traces.outcome import outcome, route
from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.analysis.traces.what_if.replay import Effect, replay
from shopfast_obs.errors import UserError
from shopfast_obs.model.records import record

TOLERANCE = 0.15  # of what was promised; within it a promise is kept
ENOUGH = 20  # requests that succeeded; below that a percentile is not judged
Kept = Literal["kept", "better", "broken", "not enough data", "unknown"]
Sides = tuple[Mapping[str, float], Mapping[str, float], Mapping[str, float]]
_PERCENTILES = ("p50", "p95")


@record
class Judged:
    """One percentile of one route: before the change, as promised (at least, at most), as measured in so many requests,
    and what became of the promise. `broken` is one above it beyond chance (95 % sure), `unknown` one that may be above
    it by chance."""

    route: str
    percentile: str
    before: float
    promised: tuple[float, float]
    measured: float | None
    requests: int
    outcome: Kept


@record
class Promise:
    """A saved prediction: the change, and by route the percentiles before it, then at least, and then at most, each
    with the `count` of requests that it is of."""

    change: str
    routes: Mapping[str, Sides]


def promise(document: Any) -> Promise:  # noqa: ANN401 - whatever JSON a file holds
    """The promise of a document of `report what-if`; raises UserError for another document, and for one with several
    changes, of which nobody knows which was made."""
    again = "Save it with: shopfast-obs report what-if --change CHANGE --format json > promise.json"
    try:
        if document["format"] != "shopfast-obs what-if":
            raise ValueError(document["format"])
        predictions = document["predictions"]
        if len(predictions) != 1:
            raise UserError(f"The prediction is about {len(predictions)} changes, and only one can be judged.", again)
        routes = {str(one["route"]): _sides(one) for one in predictions[0]["routes"]}
        return Promise(str(predictions[0]["change"]), routes)
    except (KeyError, TypeError, ValueError) as problem:
        raise UserError(f"This is no saved prediction ({type(problem).__name__}: {problem}).", again) from None


def _sides(one: Mapping[str, Any]) -> Sides:
    told = ("count", *_PERCENTILES)
    now, least, most = ({name: float(one[side][name]) for name in told} for side in ("now", "least", "most"))
    return now, least, most


def answers(trees: Iterable[TraceTree]) -> dict[str, Distribution]:
    """How long the requests that succeeded took, by route."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for tree in trees:
        if tree.nodes and outcome(tree.nodes[0]) not in ("fault", "throttle"):
            found[route(tree.nodes[0]) or tree.nodes[0].name].append(replay(tree, Effect()).answer)
    return {name: distribution(values) for name, values in found.items()}


def judge(said: Promise, measured: Mapping[str, Distribution]) -> tuple[Judged, ...]:
    """What became of each percentile of each route."""
    return tuple(
        _judged(name, percentile, sides, measured.get(name))
        for name, sides in said.routes.items()
        for percentile in _PERCENTILES
    )


def _judged(name: str, percentile: str, sides: Sequence[Mapping[str, float]], measured: Distribution | None) -> Judged:
    before, least, most = (side[percentile] for side in sides)
    value: float | None = getattr(measured, percentile) if measured else None
    count = measured.count if measured else 0
    outcome: Kept = "not enough data"
    promised = sides[2]["count"]  # a route on which nothing succeeded, or would then, has no times to promise
    if value is not None and count >= ENOUGH and promised >= (ENOUGH if percentile == "p95" else 1):
        sure: tuple[float, float] | None = getattr(measured, f"{percentile}_interval")
        bound = most * (1 + TOLERANCE)
        outcome = "kept" if value >= least * (1 - TOLERANCE) else "better"
        if value > bound:
            outcome = "broken" if sure is not None and sure[0] > bound else "unknown"
    return Judged(name, percentile, before, (least, most), value, count, outcome)
