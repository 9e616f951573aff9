"""What distinguishes slow from fast and failed from good."""

import random

import pytest

from shopfast_obs.analysis.statistics import fisher
from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.model.telemetry import Segment, Trace


def trace(number: int, seconds: float, *, fault: bool = False, **annotations: str) -> Trace:
    """One request with annotations."""
    return Trace(f"1-{number}", (Segment("s", "web", 0.0, seconds, fault=fault, annotations=annotations),))


def test_the_value_that_makes_traces_slow_is_found() -> None:
    """One tenant is slow: its value stands out, ids and evenly spread values do not."""
    dice = random.Random(1)
    traces = [
        trace(n, 2.0 + n * 1e-3 if n % 12 == 0 else 0.1 + n * 1e-4, tenant="big" if n % 12 == 0 else "small",
              id=str(n), zone=dice.choice("abc"))
        for n in range(240)
    ]  # fmt: skip
    (outlier,) = overview(traces).outliers
    assert (outlier.chosen, outlier.attribute, outlier.value, outlier.share) == ("slow", "tenant", "big", outlier.share)
    assert outlier.share > 0.8
    assert outlier.share_of_rest < 0.05


def test_the_value_that_failed_traces_share_is_found() -> None:
    """The new version fails, the old one does not."""
    traces = [trace(n, 0.1, fault=n % 10 == 0, version="2" if n % 10 == 0 else "1") for n in range(100)]
    (outlier,) = overview(traces).outliers
    assert (outlier.chosen, outlier.value, outlier.share, outlier.share_of_rest) == ("failed", "2", 1.0, 0.0)


def test_many_values_by_chance_are_no_finding() -> None:
    """Three hundred attributes of pure noise: having looked so often is taken into account."""
    dice = random.Random(3)
    traces = [trace(n, dice.random(), **{f"a{k}": dice.choice("xy") for k in range(300)}) for n in range(120)]
    assert overview(traces).outliers == ()


def test_few_traces_say_nothing() -> None:
    """Nineteen traces of an entry point are no basis."""
    assert overview([trace(n, float(n), fault=n == 0, x=str(n == 0)) for n in range(19)]).outliers == ()


def test_the_exact_test_is_exact() -> None:
    """Fisher's tea: all four right of eight cups by chance, one in seventy."""
    assert fisher(4, 4, 4, 8) == pytest.approx(1 / 70)
    assert fisher(0, 4, 4, 8) == pytest.approx(1.0)
