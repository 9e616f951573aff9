"""Exact percentiles of what was observed, and how far they can be trusted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Distribution:
    """`count` observations: every percentile is one of them (nearest rank), none is interpolated."""

    count: int
    mean: float
    p50: float
    p90: float
    p95: float
    p99: float
    max: float
    p50_interval: tuple[float, float] | None = None  # 95 % confidence; None where the observations are too few
    p95_interval: tuple[float, float] | None = None


NOTHING = Distribution(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def distribution(values: Iterable[float]) -> Distribution:
    """The distribution of the values; all zeros for none."""
    ordered = sorted(values)
    if not ordered:
        return NOTHING
    return Distribution(
        count=len(ordered),
        mean=math.fsum(ordered) / len(ordered),
        p50=percentile(ordered, 0.50),
        p90=percentile(ordered, 0.90),
        p95=percentile(ordered, 0.95),
        p99=percentile(ordered, 0.99),
        max=ordered[-1],
        p50_interval=interval(ordered, 0.50),
        p95_interval=interval(ordered, 0.95),
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the ordered values that at least this share of them does not exceed."""
    # The product of two floats may lie a hair above the whole number that it means (0.95 * 20).
    return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]


def interval(ordered: Sequence[float], share: float, confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """The confidence interval of a percentile from order statistics, for any distribution; None when it would reach
    beyond the observations."""
    count = len(ordered)
    spread = math.sqrt(count * share * (1 - share))
    # Below this the normal approximation of the binomial is no longer good, nor is the interval of any use.
    if spread < 1.0 or min(count * share, count * (1 - share)) < 3.0:
        return None
    z = _normal_quantile(0.5 + confidence / 2)
    low, high = math.floor(count * share - z * spread), math.ceil(count * share + z * spread)
    if low < 1 or high > count:
        return None
    return ordered[low - 1], ordered[high - 1]


def rate_interval(hits: int, count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The Wilson interval of a rate; (0, 1) without observations."""
    if not count:
        return 0.0, 1.0
    z = _normal_quantile(0.5 + confidence / 2)
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def _normal_quantile(share: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(share)
