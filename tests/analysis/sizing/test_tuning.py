"""Which size suits: from invocations at several."""

import pytest

from shopfast_obs.analysis.sizing.tuning import Trial, choose, sizes


def trials(memory_mb: int, *durations: float, failure: str = "") -> list[Trial]:
    """A cold start and these warm durations."""
    cold = Trial(memory_mb, durations[0], durations[0], 60, init=0.3, failure=failure)
    return [cold, *(Trial(memory_mb, d, d, 60, failure=failure) for d in durations)]


def test_what_computes_gets_the_cpu_that_costs_nothing() -> None:
    """Half the time for twice the memory is the same price: the fastest of them is the cheapest."""
    measured = sizes([t for mb in (128, 256, 512, 1024) for t in trials(mb, *[128 / mb] * 10)])
    choice = choose(measured)
    assert choice is not None
    assert (choice.cheapest, choice.fastest, choice.balanced) == (1024, 1024, 1024)
    assert choice.scaling == pytest.approx(1.0)
    assert choice.computes
    assert measured[0].usd_per_million == pytest.approx(0.125 * 16.6667 + 0.20, abs=1e-6)
    assert measured[0].warm.p50_interval == (1.0, 1.0)


def test_a_slow_moment_moves_neither_time_nor_price() -> None:
    """The extremes of ten are left out."""
    (steady,), (disturbed,) = (sizes(trials(512, *[0.2] * 9, last)) for last in (0.2, 9.0))
    assert disturbed.typical == pytest.approx(steady.typical)
    assert disturbed.usd_per_million == pytest.approx(steady.usd_per_million)


def test_what_waits_gets_the_smallest() -> None:
    """More memory costs more and saves nothing that the measurement could tell from nothing."""
    measured = sizes([t for mb, d in ((128, 0.204), (512, 0.2), (1769, 0.198)) for t in trials(mb, *[d] * 10)])
    choice = choose(measured)
    assert choice is not None
    assert (choice.cheapest, choice.fastest, choice.balanced) == (128, 128, 128)
    assert not choice.computes


def test_in_between_each_choice_is_its_own() -> None:
    """A fixed wait and work that shrinks."""
    measured = sizes([t for mb in (128, 256, 512, 1024, 1769) for t in trials(mb, *[0.2 + 100 / mb] * 5)])
    choice = choose(measured)
    assert choice is not None
    assert (choice.cheapest, choice.balanced, choice.fastest) == (128, 512, 1769)


def test_a_size_with_a_failure_is_not_chosen() -> None:
    """However cheap it is; what failed is counted."""
    measured = sizes([*trials(128, 0.01, 0.01, failure="timed out"), *trials(512, 0.5, 0.5)])
    choice = choose(measured)
    assert choice is not None
    assert choice.cheapest == 512
    assert measured[0].failures == {"timed out": 3}
    assert choice.scaling is None
    assert choose(measured[:1]) is None


def test_a_million_requests_on_arm_cost_less() -> None:
    """By the price list."""
    (x86,), (arm,) = (sizes(trials(1024, 1.0, 1.0), arm=is_arm) for is_arm in (False, True))
    assert arm.usd_per_million == pytest.approx(13.3334 + 0.20)
    assert x86.usd_per_million == pytest.approx(16.6667 + 0.20)
