"""The functions of CloudWatch's metric math. Each takes the grid and its arguments; raises TypeError, MathError."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from shopfast_obs.model.records import record

MOST_PERIODS = 100_800  # what GetMetricData gives at once
Series = dict[float, float]


class MathError(ValueError):
    """An expression that cannot be evaluated, and why."""


@record
class Named:
    """One series of an array, with its label."""

    label: str
    series: Series


Array = list[Named]
Value = Series | Array | float | str


@record
class Grid:
    """The periods that are asked for, by their start."""

    start: float
    period: int
    periods: int

    def times(self) -> list[float]:
        """The start of every period; raises MathError for more of them than a request may ask for."""
        if self.periods > MOST_PERIODS:
            raise MathError(f"there are {self.periods:,} periods, {MOST_PERIODS:,} are allowed: use a longer one")
        return [self.start + n * self.period for n in range(self.periods)]


def combine(function: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """Point by point; a series keeps the points that both sides have. What has no result (x/0) is left out."""
    if isinstance(left, str) or isinstance(right, str):
        raise MathError("a text has no value here")
    if isinstance(left, list):
        return [Named(n.label, _series(combine(function, n.series, _partner(right, n.label)))) for n in left]
    if isinstance(right, list):
        return [Named(n.label, _series(combine(function, left, n.series))) for n in right]
    if isinstance(left, float) and isinstance(right, float):
        return _result(function, left, right, math.nan)
    if isinstance(left, float):
        assert isinstance(right, dict)
        return _clean({t: _result(function, left, value, math.nan) for t, value in right.items()})
    if isinstance(right, float):
        return _clean({t: _result(function, value, right, math.nan) for t, value in left.items()})
    return _clean({t: _result(function, value, right[t], math.nan) for t, value in left.items() if t in right})


def _partner(value: Value, label: str) -> Value:
    if not isinstance(value, list):
        return value
    return next((n.series for n in value if n.label == label), {})


def _result(function: Callable[[float, float], float], left: float, right: float, otherwise: float) -> float:
    try:
        result = function(left, right)
    except (ZeroDivisionError, OverflowError, ValueError):
        return otherwise
    return float(result) if isinstance(result, int | float) else otherwise


def _clean(series: Series) -> Series:
    return {t: value for t, value in series.items() if math.isfinite(value)}


def _series(value: Value) -> Series:
    if not isinstance(value, dict):
        raise MathError("a series is needed here")
    return value


def _array(value: Value) -> Array:
    if not isinstance(value, list):
        raise MathError("an array of series is needed here")
    return value


def _each(function: Callable[[Series], Series]) -> Callable[..., Value]:
    def apply(_: Grid, value: Value) -> Value:
        if isinstance(value, list):
            return [Named(n.label, function(n.series)) for n in value]
        return function(_series(value))

    return apply


def _mapped(function: Callable[[float], float]) -> Callable[..., Value]:
    def apply(_: Grid, value: Value) -> Value:
        return combine(lambda a, _b: function(a), value, 0.0)

    return apply


def _reduced(function: Callable[[Sequence[float]], float]) -> Callable[..., Value]:
    """A series becomes a number, an array one series."""

    def apply(_: Grid, value: Value) -> Value:
        if isinstance(value, dict):
            return function(list(value.values())) if value else {}
        by_time: dict[float, list[float]] = {}
        for named in _array(value):
            for time, number in named.series.items():
                by_time.setdefault(time, []).append(number)
        return {time: float(function(by_time[time])) for time in sorted(by_time)}

    return apply


def _deviation(values: Sequence[float]) -> float:
    return statistics.pstdev(values)


def _fill(grid: Grid, value: Value, filler: Value) -> Value:
    if isinstance(value, list):
        return [Named(n.label, _filled(grid, n.series, filler)) for n in value]
    return _filled(grid, _series(value), filler)


def _filled(grid: Grid, series: Series, filler: Value) -> Series:
    if filler == "LINEAR":
        return _interpolated(grid, series)
    found: Series = {}
    last: float | None = None
    for time in grid.times():
        last = series.get(time, last)
        if time in series:
            found[time] = series[time]
        elif filler == "REPEAT":
            found |= {} if last is None else {time: last}
        elif isinstance(filler, float):
            found[time] = filler
        elif isinstance(filler, dict):
            found |= {time: filler[time]} if time in filler else {}
        else:
            raise MathError("FILL takes a number, a series, REPEAT or LINEAR")
    return found


def _interpolated(grid: Grid, series: Series) -> Series:
    known = sorted(series)
    found = dict(series)
    for time in grid.times():
        after = bisect_left(known, time)
        if time not in series and 0 < after < len(known):
            left, right = known[after - 1], known[after]
            share = (time - left) / (right - left)
            found[time] = series[left] + share * (series[right] - series[left])
    return {time: found[time] for time in sorted(found)}


def _if(grid: Grid, condition: Value, yes: Value, no: Value | None = None) -> Value:
    if isinstance(condition, float):
        chosen = yes if condition else no
        return {} if chosen is None else chosen
    found: Series = {}
    for time, truth in _series(condition).items():
        chosen = yes if truth else no
        value = chosen.get(time) if isinstance(chosen, dict) else chosen
        if isinstance(value, float):
            found[time] = value
        elif value is not None:
            raise MathError("IF chooses between series and numbers")
    return found


def _steps(function: Callable[[float, float, float], float]) -> Callable[..., Value]:
    """What happened between a point and the one before."""

    def over(series: Series) -> Series:
        times = sorted(series)
        return {b: function(series[a], series[b], b - a) for a, b in pairwise(times)}

    return _each(over)


def _running_sum(series: Series) -> Series:
    total, found = 0.0, {}
    for time in sorted(series):
        total += series[time]
        found[time] = total
    return found


def _time_part(part: Callable[[datetime], float]) -> Callable[..., Value]:
    def apply(_: Grid, value: Value) -> Value:
        return {time: float(part(datetime.fromtimestamp(time, UTC))) for time in _series(value)}

    return apply


def counted(value: Value, what: str) -> int:
    """A whole number among the arguments; raises MathError for a series, a text and what is infinite or no number."""
    if not isinstance(value, float) or not math.isfinite(value):
        raise MathError(f"{what} is a number")
    return int(value)


def _slice(_: Grid, value: Value, start: Value, end: Value | None = None) -> Value:
    first = counted(start, "the start of SLICE")
    part = _array(value)[first : None if end is None else counted(end, "the end of SLICE")]
    return part[0].series if end is None and len(part) == 1 else part


def _sort(_: Grid, value: Value, function: Value, order: Value, limit: Value | None = None) -> Value:
    keys: Mapping[Any, Callable[[list[float]], float]] = {
        "AVG": lambda v: sum(v) / len(v), "MAX": max, "MIN": min, "SUM": sum,
    }  # fmt: skip
    key = keys.get(function)
    if key is None or order not in ("ASC", "DESC"):
        raise MathError("SORT takes an array, AVG, MAX, MIN or SUM, ASC or DESC, and a number")
    full = [n for n in _array(value) if n.series]
    ordered = sorted(full, key=lambda n: key(list(n.series.values())), reverse=order == "DESC")
    return ordered if limit is None else ordered[: counted(limit, "the limit of SORT")]


def _ends(first: bool) -> Callable[..., Value]:
    def apply(_: Grid, value: Value) -> Value:
        if isinstance(value, list):
            return value[0 if first else -1].series if value else {}
        series = _series(value)
        return series[min(series) if first else max(series)] if series else {}

    return apply


def _time_series(grid: Grid, value: Value) -> Value:
    if not isinstance(value, float):
        raise MathError("TIME_SERIES takes a number")
    return dict.fromkeys(grid.times(), value)


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "ABS": _mapped(abs),
    "CEIL": _mapped(lambda value: float(math.ceil(value))),
    "FLOOR": _mapped(lambda value: float(math.floor(value))),
    "LOG": _mapped(math.log),
    "LOG10": _mapped(math.log10),
    "AVG": _reduced(lambda values: sum(values) / len(values)),
    "SUM": _reduced(lambda values: float(sum(values))),
    "MIN": _reduced(min),
    "MAX": _reduced(max),
    "STDDEV": _reduced(_deviation),
    "DATAPOINT_COUNT": _reduced(lambda values: float(len(values))),
    "METRIC_COUNT": lambda _, value: float(len(_array(value))),
    "FILL": _fill,
    "IF": _if,
    "RATE": _steps(lambda before, after, seconds: (after - before) / seconds),
    "DIFF": _steps(lambda before, after, _: after - before),
    "DIFF_TIME": _steps(lambda _before, _after, seconds: seconds),
    "RUNNING_SUM": _each(_running_sum),
    "PERIOD": lambda grid, value: float(grid.period) if _series(value) is not None else 0.0,
    "TIME_SERIES": _time_series,
    "EPOCH": _time_part(lambda when: when.timestamp()),
    "MINUTE": _time_part(lambda when: when.minute),
    "HOUR": _time_part(lambda when: when.hour),
    "DAY": _time_part(lambda when: when.isoweekday()),
    "DATE": _time_part(lambda when: when.day),
    "MONTH": _time_part(lambda when: when.month),
    "YEAR": _time_part(lambda when: when.year),
    "FIRST": _ends(True),
    "LAST": _ends(False),
    "SLICE": _slice,
    "SORT": _sort,
    "REMOVE_EMPTY": lambda _, value: [named for named in _array(value) if named.series],
}
