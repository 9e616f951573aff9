"""Metric data queries: the metrics, expressions and Metrics Insights queries of a GetMetricData request or of an alarm,
and their values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from shopfast_obs.analysis.metrics import metric_math
from shopfast_obs.analysis.metrics.anomaly_band import LEARNED
from shopfast_obs.analysis.metrics.metric_math import Grid, MathError, Named, Scope, Series, Value
from shopfast_obs.analysis.metrics.metrics_insights import InsightsError, InsightsQuery, read_insights
from shopfast_obs.analysis.metrics.search import read_search
from shopfast_obs.localcloud.metrics.insights import insights_series
from shopfast_obs.localcloud.metrics.put_metric_data import dimensions_of
from shopfast_obs.localcloud.metrics.reading import checked_period, checked_statistic, series, window
from shopfast_obs.localcloud.metrics.store import MetricId, MetricStore, metric_id
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.parse.templates.alarm_definition import is_insights

ID = re.compile(r"[a-z][a-zA-Z0-9_]{0,254}\Z")
MAX_QUERIES = 500
MAX_FOUND = 500  # series of one SEARCH
DEFAULT_PERIOD = 300


@dataclass(frozen=True, slots=True)
class Query:
    """A metric with a statistic, an expression, or a query of Metrics Insights."""

    id: str
    expression: str = ""
    metric: MetricId | None = None
    statistic: str = ""
    period: int = 0
    unit: str | None = None
    label: str = ""
    returned: bool = True
    insights: InsightsQuery | None = None


def queries_of(listed: Sequence[Mapping[str, Any]]) -> tuple[Query, ...]:
    """The queries of a request; raises AwsError for what CloudWatch refuses."""
    queries = tuple(_query(item) for item in listed)
    ids = [query.id for query in queries]
    if len(queries) > MAX_QUERIES:
        raise AwsError(
            "ValidationError", f"The collection MetricDataQueries must not have a size greater than {MAX_QUERIES}."
        )
    if len(set(ids)) < len(ids):
        raise AwsError("ValidationError", "The values for parameter id in MetricDataQueries are not unique.")
    for query in queries:
        _check_names(query, set(ids))
    return queries


def _query(item: Mapping[str, Any]) -> Query:
    name, stat, expression = item["Id"], item.get("MetricStat"), item.get("Expression")
    if not ID.match(name):
        raise AwsError(
            "ValidationError",
            f"The value {name} for parameter MetricDataQueries.Id is not matching the expected pattern.",
        )
    if (stat is None) == (expression is None):
        raise AwsError("ValidationError", f"Exactly one of MetricStat and Expression must be specified for {name}.")
    common = {"label": item.get("Label") or "", "returned": item.get("ReturnData", True)}
    if expression is not None:
        period = checked_period(item["Period"]) if item.get("Period") else 0
        if is_insights(expression):
            return Query(name, "", period=period or DEFAULT_PERIOD, insights=_insights(name, expression), **common)
        return Query(name, expression, period=period, **common)
    assert stat is not None
    metric = stat["Metric"]
    found = metric_id(
        metric.get("Namespace", ""), metric.get("MetricName", ""), dimensions_of(metric.get("Dimensions"), name)
    )
    checked_statistic(stat["Stat"])
    return Query(name, "", found, stat["Stat"], checked_period(stat["Period"]), stat.get("Unit"), **common)


def _insights(name: str, expression: str) -> InsightsQuery:
    try:
        return read_insights(expression)
    except InsightsError as problem:
        raise AwsError("ValidationError", f"Error in expression '{name}': {problem}") from None


def _check_names(query: Query, ids: set[str]) -> None:
    if not query.expression:
        return
    try:
        unknown = metric_math.names(query.expression) - ids
    except MathError as problem:
        raise AwsError("ValidationError", f"Error in expression '{query.id}': {problem}") from None
    if unknown:
        raise AwsError(
            "ValidationError", f"Error in expression '{query.id}': {sorted(unknown)[0]} is not an Id of this request."
        )


class Computation:
    """The values of queries over one time range, each computed once."""

    def __init__(
        self, store: MetricStore, queries: Sequence[Query], start: float, end: float, exact: bool = False
    ) -> None:
        self._store = store
        self._queries = {query.id: query for query in queries}
        self._range = (start, end)
        self._exact = exact  # periods begin at `start` as it is
        self._values: dict[str, Value] = {}
        self._open: list[str] = []

    def value(self, query_id: str) -> Value:
        """A query's value; raises AwsError for an expression that cannot be evaluated."""
        if query_id not in self._values:
            if query_id in self._open or len(self._open) > metric_math.MAX_DEPTH:
                raise AwsError("ValidationError", f"Error in expression '{query_id}': it refers to itself.")
            self._open.append(query_id)
            self._values[query_id] = self._compute(self._queries[query_id])
            self._open.pop()
        return self._values[query_id]

    def period(self, query: Query) -> int:
        """The query's own period, or the smallest of the metrics that its expression is made of."""
        if query.period:
            return query.period
        periods, seen, waiting = [], set(), [query.id]
        while waiting:
            current = self._queries[waiting.pop()]
            if current.id in seen:
                continue
            seen.add(current.id)
            periods += [current.period] if current.metric or current.insights else []
            if current.expression:
                waiting += self._referred(current.expression)
        return min(periods, default=DEFAULT_PERIOD)

    def _referred(self, expression: str) -> list[str]:
        if metric_math.uses(expression, "METRICS"):
            return [query.id for query in self._queries.values() if query.metric]
        return sorted(metric_math.names(expression))

    def _compute(self, query: Query) -> Value:
        period = self.period(query)
        grid = self._grid(period)
        if query.metric:
            return series(self._store, query.metric, query.statistic, grid, query.unit)
        if query.insights:
            found = insights_series(query.insights, self._store, grid)
            return found if query.insights.groups else found[0].series if found else {}
        metrics = tuple(q.id for q in self._queries.values() if q.metric)
        try:
            named = {name: self.value(name) for name in self._referred(query.expression)}
            scope = Scope(named, grid, tuple(i for i in metrics if i in named), self._search, self._past)
            return metric_math.evaluate(query.expression, scope)
        except MathError as problem:
            raise AwsError("ValidationError", f"Error in expression '{query.id}': {problem}") from None

    def _past(self, query_id: str) -> Series:
        """A query's series, with the time before it that a model of it learns from."""
        start, end = self._range
        long = Computation(self._store, list(self._queries.values()), start - LEARNED, end, self._exact)
        value = long.value(query_id)
        if not isinstance(value, dict):
            raise MathError(f"{query_id} is not a time series")
        return value

    def _grid(self, period: int) -> Grid:
        start, end = self._range
        first, periods = (start, int(-((start - end) // period))) if self._exact else window(start, end, period)
        return Grid(first, period, periods)

    def _search(self, expression: str, statistic: str, period: int) -> list[Named]:
        grid = self._grid(checked_period(period))
        checked_statistic(statistic)
        search = read_search(expression)
        found = (m for m in self._store.metrics(0.0) if search.finds(m.namespace, m.name, m.dimensions))
        named = [(m, series(self._store, m, statistic, grid)) for m in islice(found, MAX_FOUND)]
        return [Named(_label(metric), values) for metric, values in named if values]


def _label(metric: MetricId) -> str:
    values = " ".join(value for _, value in metric.dimensions)
    return f"{values} {metric.name}".strip()
