"""Amounts per request and exact percentiles of what was observed, and how far they can be trusted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

from shopfast_obs.model.records import record

CONFIDENCE = 0.95


@record
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
    p90_interval: tuple[float, float] | None = None
    p99_interval: tuple[float, float] | None = None


@record
class Amount:
    """What so many requests have of something: its sum, and the sum of the squares of each request's own."""

    requests: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """The amount of a request."""
        return self.total / self.requests if self.requests else 0.0

    @property
    def error(self) -> float:
        """The variance of the mean."""
        if self.requests < 2:
            return 0.0
        variance = max(0.0, self.squares - self.total * self.mean) / (self.requests - 1)
        return variance / self.requests

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.requests, self.total + other.total, self.squares + other.squares)


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
        p90_interval=interval(ordered, 0.90),
        p99_interval=interval(ordered, 0.99),
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the ordered values that at least this share of them does not exceed."""
    # The product of two floats may lie a hair above the whole number that it means (0.95 * 20).
    return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]


def trimmed_mean(values: Iterable[float], share: float) -> float:
    """The mean without this share of the smallest and of the largest values; raises ValueError for no values."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    left_out = int(share * len(ordered))
    kept = ordered[left_out : len(ordered) - left_out]
    return math.fsum(kept) / len(kept)


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


def fisher(hits: int, drawn: int, marked: int, total: int) -> float:
    """The chance of at least so many hits when `drawn` of `total` are taken blindly and `marked` of them count."""

    def log_choose(n: int, k: int) -> float:
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    all_ways = log_choose(total, drawn)
    most = min(drawn, marked)
    ways = (log_choose(marked, k) + log_choose(total - marked, drawn - k) - all_ways for k in range(hits, most + 1)
            if drawn - k <= total - marked)  # fmt: skip
    return min(1.0, math.fsum(math.exp(way) for way in ways))


def rates_differ(hits: tuple[int, int], counts: tuple[int, int]) -> float:
    """The chance that two rates are as far apart as these by accident: Fisher's test, both sides."""
    total, marked = sum(counts), sum(hits)
    more = fisher(hits[1], counts[1], marked, total)
    fewer = fisher(hits[0], counts[0], marked, total)
    return min(1.0, 2 * min(more, fewer))


def locations_differ(before: Sequence[float], after: Sequence[float]) -> float:
    """The chance that two samples of one distribution, whatever its shape, lie as far apart as these: the Mann-Whitney
    test with the correction for ties; 1 for an empty sample."""
    first, second = len(before), len(after)
    total = first + second
    if not first or not second:
        return 1.0
    values = sorted([(value, 0) for value in before] + [(value, 1) for value in after])
    rank_sum = ties = 0.0
    begin = 0
    while begin < total:
        end = begin
        while end < total and values[end][0] == values[begin][0]:
            end += 1
        same = end - begin
        ties += same**3 - same
        rank_sum += (begin + end + 1) / 2 * sum(1 for _, side in values[begin:end] if side == 0)
        begin = end
    excess = rank_sum - first * (total + 1) / 2
    variance = first * second / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    z = max(0.0, abs(excess) - 0.5) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))


def holm(chances: Sequence[float]) -> list[float]:
    """The chances corrected for having looked so many times (Holm): beyond 5 % in any one is 5 % for all together."""
    corrected, worst = list(chances), 0.0
    for place, index in enumerate(sorted(range(len(chances)), key=lambda index: chances[index])):
        worst = max(worst, min(1.0, chances[index] * (len(chances) - place)))
        corrected[index] = worst
    return corrected


@lru_cache(maxsize=16)
def _normal_quantile(share: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(share)
