"""Thresholds: what CI asks is read, and fails for the change that it names only."""

import pytest

from shopfast_obs.analysis.comparison.compare import Comparison, compare
from shopfast_obs.analysis.comparison.sample import sample
from shopfast_obs.analysis.comparison.thresholds import check, threshold
from shopfast_obs.errors import UserError
from tests.analysis.windows import Shop, window

CHANGED = Shop(slower=1.5, failing=0.3, cold=0.4, gets=3)


@pytest.fixture(scope="module")
def worse() -> Comparison:
    """One of three routes got worse in everything."""
    return compare(sample(window(1)), sample(window(2, shop=CHANGED)))


@pytest.fixture(scope="module")
def same() -> Comparison:
    """The same shop twice."""
    return compare(sample(window(1)), sample(window(2)))


@pytest.mark.parametrize(
    "text",
    [
        "p50:+20%", "p95:+20%", "p95:+50ms", "p90:+0.05s", "p95{GET /orders}:+20%", "p50{*DynamoDB*}:+20%",
        "errors:+5%", "errors{GET /o*}:+5%", "cold-starts:+10%", "cold-starts{GET *}:+10%", "calls:+1", "calls:+50%",
        "critical-path:+50ms", "critical-path{*orders: Init*}:+20%", "p50<100ms", "errors<20%", "calls<2", "worse",
    ],
)  # fmt: skip
def test_what_is_beyond_the_bound_fails(worse: Comparison, same: Comparison, text: str) -> None:
    """With a sentence that names the row, and not where nothing changed; a value after stands for itself."""
    (failed,) = check(worse, [threshold(text)])
    assert failed.failed, failed
    assert failed.decided
    if text not in ("p50<100ms",):
        (passed,) = check(same, [threshold(text)])
        assert not passed.failed, passed


@pytest.mark.parametrize(
    "text",
    [
        "p50:+200%", "p95{GET /products}:+1%", "p95{*no such route*}:+1%", "errors:+90%", "cold-starts:+90%",
        "calls:+9",
        "critical-path:+5s", "p99<60s", "new-errors", "gone-services", "new-entry-points", "not-enough-data",
    ],
)  # fmt: skip
def test_what_is_below_the_bound_passes(worse: Comparison, text: str) -> None:
    """Also where the change is certain."""
    (passed,) = check(worse, [threshold(text)])
    assert passed.failed == ()


def test_what_is_new_or_gone_fails_when_asked_for() -> None:
    """Services, edges, entry points and errors that only one side has."""
    few, all_ = sample(window(1, 30, routes=("stock",))), sample(window(2, 30, Shop(failing=0.5)))
    for text, failing in (("new-services", 3), ("new-entry-points", 2), ("new-edges", 3), ("new-errors", 1)):
        assert len(check(compare(few, all_), [threshold(text)])[0].failed) >= failing
    assert check(compare(all_, few), [threshold("gone-services")])[0].failed


def test_too_few_traces_decide_nothing_unless_that_is_asked() -> None:
    """No failure, none decided; `not-enough-data` is a threshold of its own."""
    found = compare(sample(window(1, 10)), sample(window(2, 10, CHANGED)))
    bound, unsure = check(found, [threshold("p95:+20%"), threshold("not-enough-data")])
    assert (bound.failed, bound.decided, bound.undecided) == ((), 0, 3)
    assert len(unsure.failed) == 3
    assert check(compare(sample([]), sample([])), [threshold("not-enough-data")])[0].failed


@pytest.mark.parametrize(
    "text",
    ["", "p95", "p95:20%", "p95>+20%", "p42:+1%", "errors:+50ms", "calls:+3s", "p95<20%", "new-things", "p95:+x%"],
)
def test_what_is_no_threshold_is_said(text: str) -> None:
    """With examples of some."""
    with pytest.raises(UserError, match="no threshold") as caught:
        threshold(text)
    assert "p95:+20%" in str(caught.value.hint)
