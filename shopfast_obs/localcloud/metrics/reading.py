"""GetMetricStatistics and ListMetrics, and the series that everything else reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.analysis.metrics.metric_math import Grid
from shopfast_obs.analysis.metrics.statistics import Statistic, by_period, statistic
from shopfast_obs.localcloud.metrics.put_metric_data import dimensions_of
from shopfast_obs.localcloud.metrics.store import LISTED, MetricId, MetricStore, metric_id
from shopfast_obs.localcloud.protocol.wire import AwsError

MAX_POINTS = 1440
MAX_GET_POINTS = 100_800
PAGE = 500
RECENT = 3 * 3600.0


def checked_period(period: int) -> int:
    """The period; raises AwsError for one that CloudWatch has not."""
    if period not in (1, 5, 10, 20, 30) and (period < 60 or period % 60):
        raise AwsError("InvalidParameterValue", "The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60.")
    return period


def checked_statistic(name: str) -> Statistic:
    """The statistic; raises AwsError for one that CloudWatch has not."""
    try:
        return statistic(name)
    except ValueError as problem:
        raise AwsError("InvalidParameterValue", f"The value {name} for parameter Stat is invalid: {problem}.") from None


def window(start: float, end: float, period: int) -> tuple[float, int]:
    """Where the first period starts and how many there are. A start is rounded down to the minute or short period."""
    if start >= end:
        raise AwsError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
    grain = 60 if period >= 60 else period
    first = start // grain * grain
    return first, int(-((first - end) // period))


def series(store: MetricStore, metric: MetricId, name: str, grid: Grid, unit: str | None = None) -> dict[float, float]:
    """One statistic by the start of its period."""
    compute = checked_statistic(name)
    observations = store.observations(metric, grid.start, grid.start + grid.period * grid.periods, unit)
    found = {}
    for number, some in by_period(observations, grid.start, grid.period, grid.periods).items():
        value = compute(some)
        if value is not None:
            found[grid.start + number * grid.period] = value
    return found


class Reading:
    """The reading operations that need no expression."""

    def __init__(self, store: MetricStore) -> None:
        self._store = store

    def get_metric_statistics(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Statistics a period."""
        names = [*(parameters.get("Statistics") or []), *(parameters.get("ExtendedStatistics") or [])]
        if not names:
            raise AwsError(
                "InvalidParameterCombination",
                "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
            )
        period = checked_period(parameters["Period"])
        start, periods = window(parameters["StartTime"], parameters["EndTime"], period)
        if periods > MAX_POINTS:
            raise AwsError(
                "InvalidParameterCombination",
                f"You have requested up to {periods} datapoints, which exceeds the limit of {MAX_POINTS}. You may "
                "reduce the datapoints requested by increasing Period, or decreasing the time range.",
            )
        compute = {name: checked_statistic(name) for name in names}
        metric = metric_id(
            parameters["Namespace"], parameters["MetricName"], dimensions_of(parameters.get("Dimensions"), "Request")
        )
        observations = self._store.observations(metric, start, start + period * periods, parameters.get("Unit"))
        points = []
        for unit in dict.fromkeys(o.unit for o in observations):
            some = by_period((o for o in observations if o.unit == unit), start, period, periods)
            points += [_datapoint(start + n * period, unit, compute, some[n]) for n in sorted(some)]
        return {"Label": parameters["MetricName"], "Datapoints": points}

    def list_metrics(self, parameters: Mapping[str, Any], now: float) -> dict[str, Any]:
        """The metrics that match, 500 a page."""
        since = now - (RECENT if parameters.get("RecentlyActive") else LISTED)
        found = self._store.metrics(since, parameters.get("Namespace"), parameters.get("MetricName"))
        wanted = parameters.get("Dimensions") or []
        matching = [metric for metric in found if _has(metric, wanted)]
        first = page_start(parameters.get("NextToken"))
        page = matching[first : first + PAGE]
        result: dict[str, Any] = {"Metrics": [described(metric) for metric in page]}
        return result | ({"NextToken": str(first + PAGE)} if first + PAGE < len(matching) else {})


def page_start(token: str | None) -> int:
    """The place that a token of ours stands for; raises AwsError for another's."""
    if not token:
        return 0
    if not token.isdecimal() or len(token) > 12:
        raise AwsError("InvalidNextToken", "The NextToken is invalid.")
    return int(token)


def described(metric: MetricId) -> dict[str, Any]:
    """A metric as the API names it."""
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}


def _has(metric: MetricId, wanted: Sequence[Mapping[str, str]]) -> bool:
    own = dict(metric.dimensions)
    return all(w["Name"] in own and w.get("Value", own[w["Name"]]) == own[w["Name"]] for w in wanted)


def _datapoint(time: float, unit: str, compute: Mapping[str, Statistic], observations: Sequence[Any]) -> dict[str, Any]:
    point: dict[str, Any] = {"Timestamp": time, "Unit": unit}
    for name, function in compute.items():
        value = function(observations)
        if value is None:
            continue
        if name in ("SampleCount", "Average", "Sum", "Minimum", "Maximum"):
            point[name] = value
        else:
            point.setdefault("ExtendedStatistics", {})[name] = value
    return point
