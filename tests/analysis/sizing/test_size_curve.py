"""What other sizes would cost and bring."""

import pytest

from shopfast_obs.analysis.sizing.size_curve import ENOUGH, curve
from shopfast_obs.model.telemetry import InvocationReport


def reports(count: int, seconds: float = 1.0, memory: int = 1024, used: int = 80) -> list[InvocationReport]:
    """Finished invocations, all alike."""
    return [InvocationReport(str(n), 0.0, seconds, seconds, memory, used) for n in range(count)]


def test_work_is_stretched_and_waiting_is_not() -> None:
    """Half the memory: twice as long when it computes, as long as before when it waits."""
    computes = {one.memory_mb: one for one in curve(reports(30), 1024, 1.0)}
    waits = {one.memory_mb: one for one in curve(reports(30), 1024, 0.0)}
    assert computes[512].p95[1] == pytest.approx(2.0)
    assert waits[512].p95[0] == pytest.approx(1.0)
    assert waits[512].usd[0] == pytest.approx(waits[1024].usd[0] / 2)
    assert computes[512].usd[1] == pytest.approx(computes[1024].usd[1])


def test_without_traces_both_ends_are_possible() -> None:
    """The range is the uncertainty; of the present size nothing is uncertain."""
    sizes = {one.memory_mb: one for one in curve(reports(30), 1024)}
    assert sizes[256].p95 == (pytest.approx(1.0), pytest.approx(4.0))
    assert sizes[1024].p95 == (1.0, 1.0)


def test_sizes_in_which_the_memory_does_not_fit_are_left_out() -> None:
    """At most 70 % in use, but for the present one."""
    assert min(one.memory_mb for one in curve(reports(30, used=300), 1024)) == 512
    assert next(iter(curve(reports(30, memory=128, used=120), 128))).memory_mb == 128


def test_too_few_invocations_advise_nothing() -> None:
    """A handful is no basis."""
    assert curve(reports(ENOUGH - 1), 1024) == ()
