"""CloudWatch's statistics over observations of a metric."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from shopfast_obs.model.metrics import Observation
from shopfast_obs.model.records import record

Statistic = Callable[[Sequence[Observation]], float | None]
PERCENT = r"(\d{1,2}(?:\.\d{1,10})?|100(?:\.0{1,10})?)"
PERCENTILE = re.compile(rf"p{PERCENT}\Z")
SHORT = re.compile(rf"(tm|wm|tc|ts){PERCENT}\Z", re.IGNORECASE)
NUMBER = r"(-?\d+(?:\.\d+)?)"
RANGE = re.compile(rf"(TM|WM|TC|TS|PR)\({NUMBER}?(%?):{NUMBER}?(%?)\)\Z", re.IGNORECASE)


@record
class Bounds:
    """Which values a trimmed statistic keeps: between two shares of the samples (0 to 1), or between two values."""

    low: float | None
    high: float | None
    share: bool


def statistic(name: str) -> Statistic:
    """The statistic of that name; raises ValueError for a name that CloudWatch does not know."""
    if name in SIMPLE:
        return SIMPLE[name]
    if match := PERCENTILE.match(name):
        return _percentile(float(match[1]) / 100)
    if name.upper() == "IQM":
        return _trimmed("TM", Bounds(0.25, 0.75, True))
    if match := SHORT.match(name):
        return _trimmed(match[1].upper(), Bounds(0.0, float(match[2]) / 100, True))
    if match := RANGE.match(name):
        return _trimmed(match[1].upper(), _bounds(match, name))
    raise ValueError(f"{name} is not a statistic")


def is_percentile(name: str) -> bool:
    """True for p50, p99.9 and the like."""
    return PERCENTILE.match(name) is not None


def few_samples(name: str, count: float) -> bool:
    """True when a percentile of so few samples says little: fewer than 10/(1-p), below the median fewer than 10/p."""
    match = PERCENTILE.match(name)
    if match is None:
        return False
    share = float(match[1]) / 100
    rare = 1 - share if share >= 0.5 else share
    return rare > 0 and count * rare < 10 - 1e-9


def by_period(
    observations: Iterable[Observation], start: float, period: float, periods: int
) -> dict[int, list[Observation]]:
    """The observations of each period, by its number from 0; those outside are left out."""
    found: dict[int, list[Observation]] = {}
    for observation in observations:
        number = int((observation.timestamp - start) // period)
        if 0 <= number < periods:
            found.setdefault(number, []).append(observation)
    return found


def _samples(observations: Sequence[Observation]) -> float:
    return sum(o.count for o in observations)


def _average(observations: Sequence[Observation]) -> float | None:
    count = _samples(observations)
    return sum(o.total for o in observations) / count if count else None


SIMPLE: Mapping[str, Statistic] = {
    "SampleCount": _samples,
    "Sum": lambda observations: sum(o.total for o in observations),
    "Average": _average,
    "Minimum": lambda observations: min((o.minimum for o in observations), default=None),
    "Maximum": lambda observations: max((o.maximum for o in observations), default=None),
}


def _values(observations: Sequence[Observation]) -> list[tuple[float, float]] | None:
    """(value, weight), sorted; None where a statistic set hides the values: CloudWatch gives no percentile then."""
    if any(o.minimum != o.maximum for o in observations):
        return None
    return sorted((o.minimum, o.count) for o in observations if o.count > 0)


def _percentile(share: float) -> Statistic:
    def at(observations: Sequence[Observation]) -> float | None:
        values = _values(observations)
        if not values:
            return None
        wanted, below = share * sum(weight for _, weight in values), 0.0
        for value, weight in values:
            below += weight
            if below >= wanted - 1e-9:
                return value
        return values[-1][0]

    return at


def _bounds(match: re.Match[str], name: str) -> Bounds:
    low, high = (None if text is None else float(text) for text in (match[2], match[4]))
    marks = {mark for text, mark in ((match[2], match[3]), (match[4], match[5])) if text is not None}
    if len(marks) != 1 or (marks == {"%"} and match[1].upper() == "PR"):
        raise ValueError(f"{name} is not a statistic")
    if marks == {"%"}:
        low, high = (0.0 if low is None else low / 100), (1.0 if high is None else high / 100)
        if not 0 <= low < high <= 1:
            raise ValueError(f"{name} is not a statistic")
    return Bounds(low, high, marks == {"%"})


def _trimmed(kind: str, bounds: Bounds) -> Statistic:
    def over(observations: Sequence[Observation]) -> float | None:
        values = _values(observations)
        if not values:
            return None
        total = sum(weight for _, weight in values)
        kept = _kept_share(values, bounds, total) if bounds.share else _kept_values(values, bounds)
        inside = sum(weight for _, weight in kept)
        if kind == "TC":
            return inside
        if kind == "PR":
            return 100 * inside / total
        amount = sum(value * weight for value, weight in kept)
        if kind == "TS":
            return amount
        if kind == "WM":
            return _winsorised(values, kept, total)
        return amount / inside if inside else None

    return over


def _kept_values(values: Sequence[tuple[float, float]], bounds: Bounds) -> list[tuple[float, float]]:
    low = float("-inf") if bounds.low is None else bounds.low
    high = float("inf") if bounds.high is None else bounds.high
    return [(value, weight) for value, weight in values if low < value <= high]


def _kept_share(values: Sequence[tuple[float, float]], bounds: Bounds, total: float) -> list[tuple[float, float]]:
    low, high = (bounds.low or 0.0) * total, (1.0 if bounds.high is None else bounds.high) * total
    kept, place = [], 0.0
    for value, weight in values:
        part = min(place + weight, high) - max(place, low)
        if part > 0:
            kept.append((value, part))
        place += weight
    return kept


def _winsorised(
    values: Sequence[tuple[float, float]], kept: Sequence[tuple[float, float]], total: float
) -> float | None:
    """The mean with the values outside replaced by the nearest inside."""
    if not kept:
        return None
    low, high = kept[0][0], kept[-1][0]
    return sum(min(max(value, low), high) * weight for value, weight in values) / total
