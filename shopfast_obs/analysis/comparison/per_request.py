"""Amounts per request (calls, seconds on the critical path) and how two of them, or two rates, or two percentiles
differ: by how much, with 95 % confidence, and how likely by accident."""

from __future__ import annotations

import math
from collections.abc import Sequence

from shopfast_obs.analysis.statistics import Amount, fisher, percentile, rate_interval, rates_differ

Interval = tuple[float, float]
_Z = 1.959964  # standard deviations on each side of 95 %


def scattered(count: int, requests: int) -> Amount:
    """The amount when only the sum of a count is known: as many as if it came by chance (Poisson)."""
    return Amount(requests, count, count + count * count / requests if requests else 0.0)


def amounts_differ(before: Amount, after: Amount) -> float:
    """The chance that two means are as far apart by accident (Welch's test)."""
    errors = before.error + after.error
    apart = abs(after.mean - before.mean)
    if errors <= 0 or min(before.requests, after.requests) < 2:
        return 1.0 if apart < 1e-9 else 0.0
    t = apart / math.sqrt(errors)
    freedom = errors**2 / sum(side.error**2 / (side.requests - 1) for side in (before, after))
    # Student's t as a normal deviate (Wallace 1959), good to the third digit from three degrees of freedom on.
    z = (8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t * t / freedom))
    return math.erfc(z / math.sqrt(2))


def amount_change(before: Amount, after: Amount) -> Interval:
    """How much more a request has of it, between."""
    middle, half = after.mean - before.mean, _Z * math.sqrt(before.error + after.error)
    return middle - half, middle + half


def change_between(before: float, sure: Interval, after: float, sure_after: Interval) -> Interval:
    """The interval of a difference from those of its sides, lopsided as these are (Zou and Donner's MOVER)."""
    low = math.hypot(after - sure_after[0], sure[1] - before)
    high = math.hypot(sure_after[1] - after, before - sure[0])
    return after - before - low, after - before + high


def rate_change(before: tuple[int, int], after: tuple[int, int]) -> Interval:
    """The interval of the difference of two rates (Newcombe)."""
    shares = [hits / count if count else 0.0 for hits, count in (before, after)]
    return change_between(shares[0], rate_interval(*before), shares[1], rate_interval(*after))


def tails_differ(before: Sequence[float], after: Sequence[float], share: float) -> float:
    """The chance that a percentile of one distribution, whatever its shape, moves as far as here: Fisher's test of how
    many on each side lie beyond the percentile of both together."""
    bound = percentile(sorted((*before, *after)), share)
    hits = [sum(value > bound for value in side) for side in (before, after)]
    return rates_differ((hits[0], hits[1]), (len(before), len(after)))


def estimates_differ(before: float, sure: Interval, after: float, sure_after: Interval) -> float:
    """The same when only the percentiles and their 95 % intervals are known."""
    error = math.hypot(sure[1] - sure[0], sure_after[1] - sure_after[0]) / (2 * _Z)
    apart = abs(after - before)
    return math.erfc(apart / error / math.sqrt(2)) if error > 0 else 1.0 if apart == 0 else 0.0


def appears(count: int, after: int, before: int) -> float:
    """The chance that something which so many requests after have, and none before, was only not seen before."""
    return fisher(count, after, count, before + after)
