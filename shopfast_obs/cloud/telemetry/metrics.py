"""Metrics through GetMetricData, 500 statistics a call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.interface import MetricQuery
from shopfast_obs.model.telemetry import MetricSeries, TimeRange

BATCH = 500


def series(calls: Calls, queries: Sequence[MetricQuery], window: TimeRange) -> list[MetricSeries]:
    """One series a query, in order, empty where there are no data."""
    found: list[MetricSeries] = []
    for start in range(0, len(queries), BATCH):
        batch = queries[start : start + BATCH]
        points: dict[str, dict[float, float]] = {}
        for page in calls.pages(
            "cloudwatch",
            "get_metric_data",
            MetricDataQueries=[_asked(f"q{i}", query) for i, query in enumerate(batch)],
            StartTime=datetime.fromtimestamp(window.start, UTC),
            EndTime=datetime.fromtimestamp(window.end, UTC),
            ScanBy="TimestampAscending",
        ):
            for result in page.get("MetricDataResults") or ():
                times = (moment.timestamp() for moment in result.get("Timestamps") or ())
                points.setdefault(result["Id"], {}).update(zip(times, result.get("Values") or (), strict=False))
        found += [_series(query, points.get(f"q{i}", {})) for i, query in enumerate(batch)]
    return found


def _asked(id_: str, query: MetricQuery) -> dict[str, object]:
    metric = {
        "Namespace": query.namespace,
        "MetricName": query.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in query.dimensions],
    }
    return {"Id": id_, "MetricStat": {"Metric": metric, "Period": query.period, "Stat": query.statistic}}


def _series(query: MetricQuery, points: dict[float, float]) -> MetricSeries:
    return MetricSeries(
        query.namespace, query.name, query.dimensions, query.statistic, query.period, tuple(sorted(points.items()))
    )
