"""Differences have the chance and the interval that statistics gives them."""

import random

import pytest

from shopfast_obs.analysis.comparison.per_request import (
    amount_change,
    amounts_differ,
    appears,
    change_between,
    estimates_differ,
    rate_change,
    scattered,
    tails_differ,
)
from shopfast_obs.analysis.statistics import Amount, distribution


def amount(values: list[float]) -> Amount:
    """The amount of requests that have so much each."""
    return Amount(len(values), sum(values), sum(value * value for value in values))


def test_means_differ_as_in_the_books() -> None:
    """Welch's own case of unequal variances: t = 2.46 with 25 degrees of freedom, p = 0.021 (as R's t.test says)."""
    before = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]
    after = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4]
    assert amounts_differ(amount(before), amount(after)) == pytest.approx(0.021, abs=0.001)
    low, high = amount_change(amount(before), amount(after))
    assert low < sum(after) / 15 - sum(before) / 15 < high


def test_amounts_that_never_vary_differ_for_certain_or_not_at_all() -> None:
    """One call always, then two always."""
    once, twice = amount([1.0] * 30), amount([2.0] * 30)
    assert (amounts_differ(once, once), amounts_differ(once, twice)) == (1.0, 0.0)
    assert amounts_differ(amount([]), once) == 0.0


def test_a_count_alone_scatters_as_chance_does() -> None:
    """Its variance is its mean."""
    assert scattered(50, 100).error == pytest.approx(0.5 / 100, rel=0.02)
    assert scattered(0, 0).mean == 0.0


def test_the_interval_of_a_percentile_covers_the_truth_as_often_as_it_says() -> None:
    """The difference of two medians and two p90, 300 pairs each; the truth is 0.1."""
    dice, hits = random.Random(5), {"p50": 0, "p90": 0}
    for _ in range(300):
        sides = [distribution(dice.expovariate(4.0) + moved for _ in range(150)) for moved in (0.0, 0.1)]
        for name in hits:
            at, between = zip(*((getattr(s, name), getattr(s, f"{name}_interval")) for s in sides), strict=True)
            low, high = change_between(at[0], between[0], at[1], between[1])
            hits[name] += low <= 0.1 <= high
    assert all(0.92 <= hit / 300 <= 0.995 for hit in hits.values()), hits


def test_tails_and_estimates_agree_about_what_is_certain() -> None:
    """A p90 that doubles, known by every value and by its interval alone; and one that stays."""
    dice = random.Random(6)
    one, two = ([dice.expovariate(4.0) for _ in range(300)] for _ in range(2))
    long = [value * 2 for value in two]
    assert tails_differ(one, two, 0.9) > 0.05
    assert tails_differ(one, long, 0.9) < 1e-6
    a, b, c = (distribution(values) for values in (one, two, long))
    assert a.p90_interval
    assert b.p90_interval
    assert c.p90_interval
    assert estimates_differ(a.p90, a.p90_interval, b.p90, b.p90_interval) > 0.05
    assert estimates_differ(a.p90, a.p90_interval, c.p90, c.p90_interval) < 1e-4
    assert estimates_differ(1.0, (1.0, 1.0), 1.0, (1.0, 1.0)) == 1.0


def test_rates_have_an_interval_even_from_nothing() -> None:
    """Newcombe's case: 56 of 70 against 48 of 80 lie 5 to 34 points apart."""
    low, high = rate_change((48, 80), (56, 70))
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=0.001)
    assert rate_change((0, 0), (0, 0)) == pytest.approx((-1.0, 1.0))


def test_what_appears_once_may_be_an_accident() -> None:
    """Once in a hundred says nothing, ten times does."""
    assert appears(1, 100, 100) == pytest.approx(0.5)
    assert appears(10, 100, 100) < 0.001
