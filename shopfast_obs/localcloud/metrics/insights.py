"""The series of a Metrics Insights query: one for each group of its labels, in the order that it asks for."""

from __future__ import annotations

from shopfast_obs.analysis.metrics.metric_math import Grid, Named, Series
from shopfast_obs.analysis.metrics.metrics_insights import Condition, InsightsQuery
from shopfast_obs.analysis.metrics.statistics import by_period, statistic
from shopfast_obs.localcloud.metrics.store import MetricId, MetricStore
from shopfast_obs.model.metrics import Observation

STATISTICS = {"AVG": "Average", "COUNT": "SampleCount", "MAX": "Maximum", "MIN": "Minimum", "SUM": "Sum"}
MOST = 500  # series of one query


def insights_series(query: InsightsQuery, store: MetricStore, grid: Grid) -> list[Named]:
    """The series by their labels' values; a query without GROUP BY has one, without a label."""
    grouped: dict[tuple[str, ...], list[Observation]] = {}
    end = grid.start + grid.period * grid.periods
    for metric in store.metrics(0.0, query.namespace, query.metric):
        values = dict(metric.dimensions)
        if _selected(query, metric, values):
            group = tuple(values[label] for label in query.groups)
            grouped.setdefault(group, []).extend(store.observations(metric, grid.start, end))
    found = [(group, _series(query.function, some, grid), some) for group, some in grouped.items() if some]
    if query.order:
        found.sort(key=lambda item: _worth(query.order, item[2]), reverse=query.descending)
    return [Named(" ".join(group), series) for group, series, _ in found[: min(query.limit or MOST, MOST)]]


def _selected(query: InsightsQuery, metric: MetricId, values: dict[str, str]) -> bool:
    if query.labels is not None and query.labels != values.keys():
        return False
    return all(label in values for label in query.groups) and all(_holds(one, values) for one in query.conditions)


def _holds(condition: Condition, values: dict[str, str]) -> bool:
    """Whether a metric that has the label has the value; one without it is not selected either way."""
    if condition.label not in values:
        return False
    return (values[condition.label] == condition.value) is (condition.operator == "=")


def _series(function: str, observations: list[Observation], grid: Grid) -> Series:
    compute = statistic(STATISTICS[function])
    periods = by_period(observations, grid.start, grid.period, grid.periods)
    found = {grid.start + number * grid.period: compute(some) for number, some in periods.items()}
    return {time: value for time, value in sorted(found.items()) if value is not None}


def _worth(function: str, observations: list[Observation]) -> float:
    return statistic(STATISTICS.get(function, "Sum"))(observations) or 0.0
