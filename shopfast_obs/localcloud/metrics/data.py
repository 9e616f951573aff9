"""GetMetricData."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shopfast_obs.analysis.metrics.metric_math import Named, Value
from shopfast_obs.localcloud.metrics.queries import Computation, Query, queries_of
from shopfast_obs.localcloud.metrics.reading import MAX_GET_POINTS
from shopfast_obs.localcloud.metrics.store import MetricStore
from shopfast_obs.localcloud.protocol.wire import AwsError


@dataclass(frozen=True, slots=True)
class Line:
    """One result: id, label and its points in the order that was asked for."""

    id: str
    label: str
    points: tuple[tuple[float, float], ...]


def get_metric_data(store: MetricStore, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """One page of results."""
    queries = queries_of(parameters["MetricDataQueries"])
    start, end = parameters["StartTime"], parameters["EndTime"]
    if start >= end:
        raise AwsError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
    computation = Computation(store, queries, start, end)
    ascending = parameters.get("ScanBy") == "TimestampAscending"
    lines = [
        Line(query.id, label, tuple(sorted(points.items(), reverse=not ascending)))
        for query in queries
        if query.returned
        for label, points in _lines(query, computation.value(query.id))
    ]
    return _page(
        lines, min(parameters.get("MaxDatapoints") or MAX_GET_POINTS, MAX_GET_POINTS), parameters.get("NextToken")
    )


def _lines(query: Query, value: Value) -> Iterator[tuple[str, dict[float, float]]]:
    default = query.label or (query.metric.name if query.metric else query.id)
    if isinstance(value, dict):
        yield default, value
    elif isinstance(value, list) and all(isinstance(item, Named) for item in value):
        for item in value:
            yield (f"{query.label} {item.label}".strip(), item.series)
    else:
        raise AwsError(
            "ValidationError", f"Error in expression '{query.id}': it must give a time series or an array of them."
        )


def _page(lines: list[Line], budget: int, token: str | None) -> dict[str, Any]:
    first, offset = _place(token)
    results: list[dict[str, Any]] = []
    for n, line in enumerate(lines[first:], first):
        points = line.points[offset:][:budget]
        more = len(line.points) > offset + len(points)
        results.append(_result(line, points, more))
        budget -= len(points)
        if more or (budget <= 0 and n + 1 < len(lines)):
            following = f"{n}.{offset + len(points)}" if more else f"{n + 1}.0"
            return {"MetricDataResults": results, "Messages": [], "NextToken": following}
        offset = 0
    return {"MetricDataResults": results, "Messages": []}


def _result(line: Line, points: tuple[tuple[float, float], ...], more: bool) -> dict[str, Any]:
    return {
        "Id": line.id,
        "Label": line.label,
        "Timestamps": [time for time, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "PartialData" if more else "Complete",
    }


def _place(token: str | None) -> tuple[int, int]:
    line, _, offset = (token or "0.0").partition(".")
    if not (line.isdecimal() and offset.isdecimal() and len(line) < 12 and len(offset) < 12):
        raise AwsError("InvalidNextToken", "The NextToken is invalid.")
    return int(line), int(offset)
