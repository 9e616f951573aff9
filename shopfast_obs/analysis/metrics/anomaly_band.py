"""The band of values that are expected of a metric: a static model, the mean and so many standard deviations.

CloudWatch's own model knows hours and weekdays, too, and is not published; this is what its documentation calls the
static case. A point is judged by what came before it, so that an outlier does not widen its own band.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import accumulate

from shopfast_obs.analysis.metrics.math_functions import Array, Grid, Named, Series

LEARNED = 14 * 86400.0  # seconds that a model learns from
FEWEST = 3  # points before there is a model


def anomaly_band(past: Series, grid: Grid, deviations: float, label: str) -> Array:
    """Lower and upper series for the periods of the grid; a period without enough past has no band."""
    times = sorted(past)
    sums = [0.0, *accumulate(past[time] for time in times)]
    squares = [0.0, *accumulate(past[time] ** 2 for time in times)]
    lower: Series = {}
    upper: Series = {}
    for time in grid.times():
        first, last = bisect_left(times, time - LEARNED), bisect_left(times, time)
        count = last - first
        if count < FEWEST:
            continue
        mean = (sums[last] - sums[first]) / count
        spread = deviations * math.sqrt(max(0.0, (squares[last] - squares[first]) / count - mean**2))
        lower[time], upper[time] = mean - spread, mean + spread
    return [Named(f"{label} (expected, low)", lower), Named(f"{label} (expected, high)", upper)]
