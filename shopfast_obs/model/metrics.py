"""One observation of a metric, as it is written and as statistics read it."""

from __future__ import annotations

from shopfast_obs.model.records import record


@record
class Observation:
    """A value that was seen `count` times (then `minimum` and `maximum` are that value), or a statistic set of `count`
    values. `timestamp` is in epoch seconds."""

    timestamp: float
    minimum: float
    maximum: float
    total: float
    count: float = 1.0
    unit: str = "None"


def observed(timestamp: float, value: float, count: float = 1.0, unit: str = "None") -> Observation:
    """The observation of one value."""
    return Observation(timestamp, value, value, value * count, count, unit)
