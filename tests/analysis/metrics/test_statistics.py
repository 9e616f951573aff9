"""Statistics of observations."""

import pytest

from shopfast_obs.analysis.metrics.statistics import by_period, few_samples, statistic
from shopfast_obs.model.metrics import Observation, observed

HUNDRED = [observed(0, float(value)) for value in range(100, 0, -1)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SampleCount", 100.0),
        ("Sum", 5050.0),
        ("Average", 50.5),
        ("Minimum", 1.0),
        ("Maximum", 100.0),
        ("p0", 1.0),
        ("p50", 50.0),
        ("p99", 99.0),
        ("p99.9", 100.0),
        ("p100", 100.0),
        ("tm90", 45.5),
        ("TM(10%:90%)", 50.5),
        ("TM(:50%)", 25.5),
        ("IQM", 50.5),
        ("tc90", 90.0),
        ("TC(95:100)", 5.0),
        ("ts50", 1275.0),
        ("wm50", 37.75),
        ("PR(:25)", 25.0),
        ("PR(90:)", 10.0),
    ],
)
def test_a_statistic_of_the_numbers_from_1_to_100(name: str, value: float) -> None:
    """Each with the value that can be counted out."""
    assert statistic(name)(HUNDRED) == pytest.approx(value)


@pytest.mark.parametrize("name", ["p101", "p", "Median", "TM(90%:10%)", "TM(5:10%)", "PR(1%:2%)", "TM(:)", "sum", ""])
def test_other_names_are_no_statistics(name: str) -> None:
    """A ValueError says which."""
    with pytest.raises(ValueError, match="is not a statistic"):
        statistic(name)


def test_counts_are_weights() -> None:
    """A value that was seen 99 times is the median."""
    seen = [observed(0, 1.0, 99), observed(0, 1000.0)]
    assert (statistic("p50")(seen), statistic("p100")(seen), statistic("SampleCount")(seen)) == (1.0, 1000.0, 100.0)


def test_a_statistic_set_has_no_percentiles() -> None:
    """Unless all its values are one."""
    mixed = [Observation(0, 1.0, 9.0, 10.0, 2.0)]
    assert (statistic("p50")(mixed), statistic("Sum")(mixed), statistic("Maximum")(mixed)) == (None, 10.0, 9.0)
    assert statistic("p50")([Observation(0, 5.0, 5.0, 10.0, 2.0)]) == 5.0


@pytest.mark.parametrize(
    ("name", "count", "few"),
    [
        ("p99", 999, True),
        ("p99", 1000, False),
        ("p90", 99, True),
        ("p90", 100, False),
        ("p10", 99, True),
        ("Sum", 1, False),
    ],
)
def test_how_many_samples_a_percentile_needs(name: str, count: int, few: bool) -> None:
    """10/(1-p), below the median 10/p."""
    assert few_samples(name, count) is few


def test_periods_take_what_lies_in_them() -> None:
    """The start is inside, the end is not."""
    observations = [observed(time, 1.0) for time in (-1, 0, 59, 60, 120)]
    assert {n: len(some) for n, some in by_period(observations, 0, 60, 2).items()} == {0: 2, 1: 1}
