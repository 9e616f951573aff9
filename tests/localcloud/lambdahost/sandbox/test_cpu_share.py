"""The CPU budget, on a clock of the test's own."""

import pytest

from shopfast_obs.localcloud.lambdahost.sandbox.cpu_share import PERIOD, Budget, CpuDebt, share_of


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


def test_what_a_budget_allows_and_nobody_used_is_told() -> None:
    """In seconds that the sandbox could have run; what it could not have used anyway is no loss."""
    budget = Budget(0.5, 0.0)
    assert budget.left == PERIOD
    assert budget.spend(0.5 * PERIOD, 0.9 * PERIOD) == 0.0
    assert budget.left == 0.0
    assert budget.spend(0.0, PERIOD) == 0.0  # it had used all of it
    assert budget.spend(0.1 * PERIOD, 2 * PERIOD) == pytest.approx(0.8 * PERIOD)
    assert budget.spend(0.0, 5 * PERIOD) == pytest.approx(3 * PERIOD)
    assert budget.period_end == pytest.approx(6 * PERIOD)


def test_a_wait_for_a_core_makes_up_for_the_periods_in_which_it_was() -> None:
    """It becomes known when it ends; what the sandbox did not want to use before is nobody's loss."""
    arrears = CpuDebt()
    for number in range(1, 6):  # a network is waited for
        arrears.book(number * PERIOD, PERIOD, 0.0)
    for number in range(6, 9):  # a core is waited for, which is known in the last of these periods
        arrears.book(number * PERIOD, PERIOD, 2.5 * PERIOD if number == 8 else 0.0)
    assert arrears.seconds == pytest.approx(2.5 * PERIOD)
    arrears.book(9 * PERIOD, 0.0, 0.0)
    assert arrears.seconds == pytest.approx(2.5 * PERIOD)


def test_a_wait_within_what_the_budget_forbids_costs_nothing() -> None:
    """A sandbox with 7 % of a CPU that waits a little has its share all the same."""
    arrears = CpuDebt()
    for number in range(1, 50):
        arrears.book(number * PERIOD, 0.0, 0.4 * PERIOD)
    arrears.book(50 * PERIOD, 0.3 * PERIOD, 0.4 * PERIOD)
    assert arrears.seconds == pytest.approx(0.3 * PERIOD)
