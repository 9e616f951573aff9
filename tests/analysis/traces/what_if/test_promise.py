"""Whether a saved prediction held."""

from typing import Any

import pytest

from shopfast_obs.analysis.statistics import distribution
from shopfast_obs.analysis.traces.what_if.promise import judge, promise
from shopfast_obs.errors import UserError


def saved(*changes: str, count: int = 100) -> dict[str, Any]:
    """A document that promises half a second, and p95 of one, instead of 2 and 3, of so many requests."""
    times = {"now": (2.0, 3.0), "least": (0.4, 1.0), "most": (0.5, 1.0)}
    route = {"route": "GET /", **{side: {"count": count, "p50": p50, "p95": p95} for side, (p50, p95) in times.items()}}
    return {"format": "shopfast-obs what-if", "predictions": [{"change": c, "routes": [route]} for c in changes]}


@pytest.mark.parametrize(
    ("values", "outcomes"),
    [
        ([0.45] * 90 + [1.1] * 10, ["kept", "kept"]),
        ([0.3] * 90 + [0.8] * 10, ["better", "better"]),
        ([0.45] * 80 + [2.0] * 20, ["kept", "broken"]),
        ([0.9] * 100, ["broken", "kept"]),
        ([0.45] * 18 + [2.0] * 2, ["kept", "unknown"]),  # two of twenty may be chance
        ([0.9] * 19, ["not enough data", "not enough data"]),
        ([], ["not enough data", "not enough data"]),
    ],
)
def test_a_promise_is_kept_within_15_per_cent(values: list[float], outcomes: list[str]) -> None:
    """Broken is what is above it beyond chance."""
    measured = {"GET /": distribution(values)} if values else {}
    assert [one.outcome for one in judge(promise(saved("warm=f")), measured)] == outcomes


@pytest.mark.parametrize(
    ("count", "outcomes"),
    [(0, ["not enough data", "not enough data"]), (1, ["broken", "not enough data"]), (20, ["broken", "broken"])],
)
def test_what_too_few_requests_promised_is_not_judged(count: int, outcomes: list[str]) -> None:
    """A route whose requests all failed has no times, and one request no p95."""
    judged = judge(promise(saved("warm=f", count=count)), {"GET /": distribution([9.0] * 100)})
    assert [one.outcome for one in judged] == outcomes


@pytest.mark.parametrize("document", [[], {}, {"format": "shopfast-obs traces"}, saved(), saved("warm=f", "warm=g")])
def test_what_is_no_prediction_of_one_change_is_refused(document: Any) -> None:
    """With the command that saves one."""
    with pytest.raises(UserError) as refused:
        promise(document)
    assert "what-if --change" in (refused.value.hint or "")
