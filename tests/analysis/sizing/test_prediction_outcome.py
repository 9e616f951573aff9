"""Whether a function takes as long as was predicted."""

from typing import Literal

import pytest

from shopfast_obs.analysis.sizing.prediction_outcome import Judged, judged
from shopfast_obs.model.predictions import Prediction
from shopfast_obs.model.telemetry import InvocationReport

SAID = Prediction("web", 1024, 1.5, 13, 0.95, 3.0, 11)


def report(
    duration: float,
    init: float | None = None,
    mb: int = 1024,
    status: Literal["success", "error", "timeout"] = "success",
) -> InvocationReport:
    """One REPORT line."""
    return InvocationReport("id", 0.0, duration, duration, mb, 60, init, status)


def judge(*reports: InvocationReport) -> Judged:
    """The prediction beside these."""
    (found,) = judged([SAID], {"web": reports})
    return found


def test_a_prediction_that_is_kept_in_the_functions_own_time() -> None:
    """In milliseconds, with how many invocations tell it."""
    assert judge(*(report(0.7 + n / 100) for n in range(9))).sentence == (
        "web: promised at most 1,500 ms, measured 780 ms in the function (p95 of 9 warm invocations): kept"
    )


@pytest.mark.parametrize(
    ("seconds", "told"), [(1.5, "): kept"), (1.8, "): kept (20% above it, 25% are tolerated)"), (2.1, "): broken (40%")]
)
def test_a_quarter_above_is_tolerated(seconds: float, told: str) -> None:
    """And no more."""
    assert told in judge(*[report(seconds)] * 5).sentence


@pytest.mark.parametrize(
    ("slow", "count", "outcome"),
    [(1, 1, "unknown"), (4, 4, "unknown"), (5, 5, "broken"), (1, 10, "unknown"), (2, 10, "unknown"), (3, 10, "broken"),
     (1, 20, "kept"), (3, 20, "unknown"), (4, 20, "broken"), (5, 100, "kept"), (8, 100, "unknown"),
     (10, 100, "broken")],
)  # fmt: skip
def test_a_prediction_is_broken_where_that_is_no_accident(slow: int, count: int, outcome: str) -> None:
    """One of twenty may take longer than it says; of few invocations it may be any."""
    found = judge(*[report(2.0)] * slow, *[report(1.0)] * (count - slow))
    assert found.outcome == outcome
    assert ("by accident" in found.sentence) == (outcome == "unknown")


def test_cold_starts_and_errors_do_not_count_and_kills_do() -> None:
    """A cold start has its init to blame, an error may not have done the work."""
    found = judge(report(9.0, init=1.0), report(0.01, status="error"), report(1.0))
    assert (found.measured, found.invocations, found.outcome) == (1.0, 1, "kept")
    assert judge(*[report(1.0)] * 3, *[report(10.0, status="timeout")] * 3).outcome == "broken"
    only_cold = judge(report(1.0, init=1.0))
    assert only_cold.outcome == "unknown"
    assert only_cold.sentence.endswith("there was no warm invocation to judge it by")


def test_what_does_not_run_with_the_predicted_memory_yet_is_not_judged() -> None:
    """The fix waits for its deployment, or somebody chose another size since."""
    assert judged([SAID], {"web": [report(3.0, mb=128)]}) == ()
    assert judged([SAID], {}) == ()
