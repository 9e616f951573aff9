"""The CPU budget, on a clock of the test's own."""

from __future__ import annotations

import pytest

from shopfast_obs.localcloud.lambdahost.throttle import PERIOD, Budget, share_of


def test_a_share_is_proportional_to_memory() -> None:
    """1769 MB buy one vCPU; what the machine has not got cannot be given."""
    assert share_of(128, 2) == pytest.approx(0.0724, abs=0.0001)
    assert share_of(1769, 2) == 1.0
    assert share_of(1769, 1) == 0.0
    assert share_of(10240, 2) == 0.0


@pytest.mark.parametrize("share", [0.07, 0.3, 0.9])
@pytest.mark.parametrize("lateness", [0.0, 0.003])
def test_a_busy_process_gets_its_share(share: float, lateness: float) -> None:
    """Also when every look comes late: what was used too much is paid back."""
    now, used, stopped = 0.0, 0.0, False
    budget = Budget(share, now)
    while now < 10:
        wake = budget.wake_at(now, stopped=stopped, cores=1) + lateness
        used += 0.0 if stopped else wake - now
        budget.spend(0.0 if stopped else wake - now, wake)
        now, stopped = wake, budget.exhausted
    assert used / now == pytest.approx(share, rel=0.05)


def test_an_idle_process_saves_nothing_up() -> None:
    """After a long wait it may use one period's quota, not more."""
    budget = Budget(0.5, 0.0)
    budget.spend(0.0, 100.0)
    budget.spend(0.5 * PERIOD, 100.001)
    assert budget.exhausted
