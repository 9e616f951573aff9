"""Whether killed invocations are a population of their own."""

import pytest

from shopfast_obs.analysis.sizing.kill_population import gap
from shopfast_obs.model.telemetry import InvocationReport


def ran(seconds: float, *, used: int = 90, killed: bool = False) -> InvocationReport:
    """An invocation."""
    return InvocationReport("r", 1.0, seconds, seconds, 512, used, status="timeout" if killed else "success")


QUICK = [ran(0.19 + n / 1000) for n in range(40)]
KILLED = [ran(10.0, killed=True)] * 6


def test_a_gap_has_nothing_between() -> None:
    """54 of 0.2 s and 6 of 10 s: a factor of forty."""
    found = gap(KILLED, QUICK, 512)
    assert found is not None
    assert (found.finished, found.killed, round(found.factor)) == (40, 6, 44)


@pytest.mark.parametrize(
    ("between", "memory", "wanted"),
    [(2.4, 512, True), (2.6, 512, False), (2.4, 128, False), (1.2, 128, True), (9.5, 1769, False)],
)
def test_what_lies_between_closes_it(between: float, memory: int, *, wanted: bool) -> None:
    """With little CPU work is soon ten times as long, so the gap must be wider there."""
    assert (gap(KILLED, [*QUICK, ran(between)], memory) is not None) is wanted


def test_killed_invocations_that_need_more_memory_were_working() -> None:
    """A large answer is being read: that is no waiting."""
    assert gap([ran(10.0, used=130, killed=True)], QUICK, 512) is None


def test_too_few_tell_nothing() -> None:
    """Four that finished, or none that was killed."""
    assert gap(KILLED, QUICK[:4], 512) is None
    assert gap([], QUICK, 512) is None
