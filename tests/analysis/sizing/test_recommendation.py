"""Memory and timeout from REPORT lines."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.analysis.sizing.recommendation import ONE_CPU_MB, Limit, advise, cpu_share, percent, percentile
from shopfast_obs.model.telemetry import InvocationReport


def report(
    duration: float, status: Literal["success", "error", "timeout"] = "success", used: int = 70, memory: int = 128
) -> InvocationReport:
    """One REPORT."""
    return InvocationReport("id", 0.0, duration, duration, memory, used, status=status)


def test_cpu_comes_with_memory_up_to_one_vcpu() -> None:
    """1,769 MB are one; a single thread cannot use more."""
    assert cpu_share(128) == pytest.approx(0.0724, abs=1e-4)
    assert cpu_share(ONE_CPU_MB) == cpu_share(10_240) == 1.0


def test_killed_invocations_lead_to_a_size_that_holds_four_times_the_work_that_was_seen() -> None:
    """12 s at 128 MB are 1.5 s at 1,024 MB: half of the old timeout."""
    advice = advise([report(3.0, "timeout")] * 3 + [report(0.03)], 128, 3, cpu_bound=True)
    assert advice is not None
    assert (advice.memory_mb, advice.timeout, advice.censored) == (1024, 10, 3)
    assert advice.slowest == pytest.approx(1.5)
    assert advice.reason.startswith("By 4 REPORT lines (0.03 to 3.00 s), 3 killed")
    assert "3 killed invocations needed more than 3 s: up to 4 times that (12 s) is assumed" in advice.reason
    assert "128 MB come with 7 % of a vCPU, 1024 MB with 58 %" in advice.reason


def test_measured_work_needs_no_assumption() -> None:
    """Without kills the p99 decides, and the timeout keeps its headroom."""
    advice = advise([report(2.0)] * 100, 128, 3, cpu_bound=True)
    assert advice is not None
    assert (advice.memory_mb, advice.timeout, advice.censored) == (512, 3, 0)
    assert advice.slowest == pytest.approx(0.5)
    assert advice.reason.startswith("The p99 of 100 REPORT lines (2.00 s) is 2.00 s.")
    assert "a million invocations cost 4.17 USD before and about 4.17 USD after" in advice.effect


def test_work_that_waits_gets_time_and_no_memory() -> None:
    """Memory does not make a slow dependency faster."""
    advice = advise([report(3.0, "timeout", memory=1024)], 1024, 3, cpu_bound=False)
    assert advice is not None
    assert (advice.memory_mb, advice.timeout) == (1024, 36)


def test_the_callers_patience_is_the_limit() -> None:
    """A timeout beyond it helps nobody, and the reason says so."""
    limit = Limit(28.0, "API Gateway, which waits 29 s,")
    advice = advise([report(3.0, "timeout", memory=1024)], 1024, 3, cpu_bound=False, limit=limit)
    assert advice is not None
    assert advice.timeout == 28
    assert advice.reason.endswith("28 s is all that API Gateway, which waits 29 s, allows.")
    longer = advise([report(40.0, "timeout", memory=1024)], 1024, 40, cpu_bound=False, limit=limit)
    assert longer is not None
    assert longer.timeout == 40


def test_memory_that_is_nearly_full_gets_room() -> None:
    """At most 70 % in use."""
    advice = advise([report(0.1, used=250, memory=256)], 256, 3, cpu_bound=False)
    assert advice is not None
    assert advice.memory_mb == 512


def test_beyond_one_vcpu_there_is_nothing_to_gain() -> None:
    """Only the timeout grows."""
    advice = advise([report(60.0, "timeout", memory=ONE_CPU_MB)], ONE_CPU_MB, 60, cpu_bound=True)
    assert advice is not None
    assert (advice.memory_mb, advice.timeout) == (ONE_CPU_MB, 720)


def test_nothing_observed_is_no_advice() -> None:
    """A guess would be worse."""
    assert advise([], 128, 3, cpu_bound=True) is None


@given(
    st.lists(st.floats(0.001, 1800), min_size=1, max_size=50),
    st.sampled_from([128, 256, 512, 1024, 3008]),
    st.integers(1, 1800),
    st.booleans(),
)
def test_advice_never_takes_away_and_always_fits(durations: list[float], memory: int, timeout: int, cpu: bool) -> None:
    """Memory and timeout only grow, within what Lambda allows, and the timeout covers the slowest expected run."""
    reports = [report(min(d, timeout), "timeout" if d >= timeout else "success", memory=memory) for d in durations]
    advice = advise(reports, memory, timeout, cpu_bound=cpu)
    assert advice is not None
    assert memory <= advice.memory_mb <= 10_240
    assert timeout <= advice.timeout <= 1800
    assert advice.timeout >= min(advice.slowest, 1800)


def test_percentiles_are_nearest_rank() -> None:
    """No value is invented."""
    values = [float(n) for n in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile([7.0], 0.99)) == (50, 99, 7)
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_small_shares_are_not_nothing() -> None:
    """0.3 % is said as such."""
    assert [percent(s) for s in (0.0, 0.003, 0.41, 1.0)] == ["0 %", "0.3 %", "41 %", "100 %"]
