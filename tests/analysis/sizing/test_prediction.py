"""What a size promises, and whether that was kept."""

from typing import Literal

import pytest

from shopfast_obs.analysis.sizing.prediction import Behaviour, SizePrediction, behaviour, judge, promise
from shopfast_obs.model.telemetry import InvocationReport


def reports(
    *durations: float, mb: int = 128, status: Literal["success", "error", "timeout"] = "success"
) -> list[InvocationReport]:
    """Invocations of one size."""
    return [InvocationReport(f"r{n}", 0.0, d, d, mb, 60, status=status) for n, d in enumerate(durations)]


def test_four_times_the_memory_takes_a_quarter_of_the_time_for_the_same_money() -> None:
    """Below one vCPU."""
    said = promise("web", reports(*[2.0] * 20), 512)
    assert said is not None
    assert said.after is not None
    assert said.after.p95 == pytest.approx(0.5)
    assert said.after.usd_per_million == pytest.approx(said.before.usd_per_million) == pytest.approx(0.25 * 16.6667)


def test_killed_invocations_promise_nothing() -> None:
    """Nobody knows how long they would have taken."""
    said = promise("web", [*reports(0.1), *reports(3.0, status="timeout")], 512)
    assert said is not None
    assert said.after is None
    assert said.before.failed_share == 0.5


def test_how_low_the_true_values_may_be() -> None:
    """Equal durations are certain; one slow invocation of twenty may be an accident."""
    sure, unsure = behaviour(reports(*[1.0] * 20)), behaviour(reports(*[0.1] * 18, 9.0, 9.0))
    assert sure is not None
    assert unsure is not None
    assert sure.at_least == (sure.p95, pytest.approx(sure.usd_per_million))
    assert unsure.p95 == 9.0
    assert unsure.at_least[0] == 0.1
    assert unsure.at_least[1] < unsure.usd_per_million / 2


def test_a_function_that_was_not_called_promises_nothing_at_all() -> None:
    """And shows no behaviour."""
    assert promise("web", [], 512) is None
    assert behaviour([]) is None


BEFORE = Behaviour(40, 0, 2.0, 4.0)


@pytest.mark.parametrize(
    ("measured", "outcome"),
    [
        (Behaviour(40, 0, 0.6, 4.2), "kept"),
        (Behaviour(40, 0, 0.3, 4.2), "better"),
        (Behaviour(40, 0, 0.7, 4.2, (0.65, 4.0)), "worse"),
        (Behaviour(40, 0, 0.7, 4.2, (0.6, 4.0)), "unknown"),
        (Behaviour(40, 0, 0.5, 5.5, (0.4, 5.1)), "worse"),
        (Behaviour(40, 0, 0.5, 5.5, (0.4, 4.9)), "unknown"),
        (Behaviour(40, 8, 0.5, 4.0), "worse"),
        (Behaviour(40, 1, 0.5, 4.0), "kept"),
        (Behaviour(4, 0, 0.5, 4.0), "unknown"),
        (None, "unknown"),
    ],
)
def test_a_promise_of_half_a_second_and_four_dollars(measured: Behaviour | None, outcome: str) -> None:
    """A quarter more is not kept, when it is sure; one failure may be an accident, eight are not; four invocations tell
    nothing."""
    assert judge(SizePrediction("web", BEFORE, Behaviour(40, 0, 0.5, 4.0)), measured).outcome == outcome


def test_what_nothing_was_promised_of_has_to_fail_less() -> None:
    """Then its numbers are known."""
    said = SizePrediction("web", Behaviour(20, 10, 3.0, 4.0), None)
    assert judge(said, Behaviour(20, 0, 1.0, 9.0)).outcome == "learned"
    assert judge(said, Behaviour(20, 10, 6.0, 9.0)).outcome == "worse"
