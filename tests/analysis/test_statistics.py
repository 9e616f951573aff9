"""Percentiles are observations, and intervals cover what they promise."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.analysis.statistics import NOTHING, distribution, interval, percentile, rate_interval, trimmed_mean


def test_percentiles_are_exact() -> None:
    """1 to 100: the values that the definition names."""
    found = distribution(range(100, 0, -1))
    assert (found.count, found.p50, found.p90, found.p95, found.p99, found.max) == (100, 50, 90, 95, 99, 100)
    assert found.mean == 50.5


def test_nothing_is_no_number() -> None:
    """No observation, no percentile."""
    assert distribution([]) == NOTHING


@given(st.lists(st.floats(0, 100), min_size=1), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_a_percentile_splits_the_values(values: list[float], share: float) -> None:
    """At least the share lies at or below, and no smaller value has that property."""
    ordered = sorted(values)
    found = percentile(ordered, share)
    assert found in values
    assert sum(v <= found for v in values) >= share * len(values) - 1e-6
    assert sum(v < found for v in values) < share * len(values)


def test_few_values_have_no_interval() -> None:
    """Five observations say nothing about a p95."""
    found = distribution([1.0] * 5)
    assert found.p50_interval is None
    assert found.p95_interval is None


def test_an_interval_covers_the_truth_as_often_as_it_says() -> None:
    """The true median of an exponential distribution lies inside in about 95 of 100 samples."""
    rng = random.Random(3)
    inside = 0
    for _ in range(400):
        low_high = interval(sorted(rng.expovariate(1.0) for _ in range(100)), 0.5)
        assert low_high is not None
        inside += low_high[0] <= 0.693147 <= low_high[1]
    assert 0.92 <= inside / 400 <= 0.99


def test_a_rate_has_an_interval_even_at_zero() -> None:
    """No failure in ten calls does not mean that there is none."""
    low, high = rate_interval(0, 10)
    assert low < 1e-9
    assert 0.2 < high < 0.35
    assert rate_interval(0, 0) == (0.0, 1.0)


def test_extremes_do_not_move_a_trimmed_mean() -> None:
    """Of few values nothing can be left out; of none there is no mean."""
    assert trimmed_mean([1, 2, 3, 4, 1000], 0.2) == 3
    assert trimmed_mean([2, 4], 0.2) == 3
    with pytest.raises(ValueError, match="no values"):
        trimmed_mean([], 0.2)
