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
    assert told in judge(report(seconds)).sentence


def test_cold_starts_and_errors_do_not_count_and_kills_do() -> None:
    """A cold start has its init to blame, an error may not have done the work."""
    found = judge(report(9.0, init=1.0), report(0.01, status="error"), report(1.0))
    assert (found.measured, found.invocations, found.outcome) == (1.0, 1, "kept")
    assert judge(report(1.0), report(10.0, status="timeout")).outcome == "broken"
    only_cold = judge(report(1.0, init=1.0))
    assert only_cold.outcome == "unknown"
    assert only_cold.sentence.endswith("there was no warm invocation to judge it by")


def test_what_does_not_run_with_the_predicted_memory_yet_is_not_judged() -> None:
    """The fix waits for its deployment, or somebody chose another size since."""
    assert judged([SAID], {"web": [report(3.0, mb=128)]}) == ()
    assert judged([SAID], {}) == ()
