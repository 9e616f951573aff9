"""Comparison: what is known to have changed is found, what has not is left alone."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from shopfast_obs.analysis.comparison.compare import Comparison, compare
from shopfast_obs.analysis.comparison.sample import sample
from shopfast_obs.analysis.statistics import holm, locations_differ, rates_differ
from shopfast_obs.model.telemetry import Segment, Trace, TracedException
from shopfast_obs.testing import function_trace
from tests.analysis.windows import Shop, changes
from tests.analysis.windows import window as shop

ROUNDS = 60


def window(
    seed: int,
    count: int = 200,
    slower: float = 1.0,
    routes: int = 3,
    change: Callable[[int], dict[str, object]] | None = None,
) -> list[Trace]:
    """Requests of some routes, with the long tail that latencies have; one in fifty fails."""
    dice = random.Random(seed)
    found = []
    for number in range(count):
        seconds = dice.lognormvariate(-1.5, 0.4) * slower
        http = {"request": {"method": "GET", "url": f"https://x/{'abcdef'[number % routes]}"}}
        segment = Segment("s", "web", float(number), number + seconds, http=http, fault=dice.random() < 0.02)
        found.append(Trace(f"1-{number:08x}-{seed:024x}", (segment._replace(**change(number)) if change else segment,)))
    return found


def compared(before: list[Trace], after: list[Trace]) -> Comparison:
    """The comparison of two windows."""
    return compare(sample(before), sample(after))


def test_two_windows_of_one_shop_differ_in_at_most_one_of_twenty() -> None:
    """Latencies at four percentiles, errors, cold starts, calls, critical paths, attributes of three routes, all edges
    and all chains: nothing of it differs, though some 70 questions are asked of each pair."""
    told = [changes(compare(sample(shop(2 * n, 60)), sample(shop(2 * n + 1, 60)))) for n in range(40)]
    assert sum(bool(one) for one in told) <= 0.05 * 40, told


def test_equal_windows_give_false_alarms_in_at_most_one_of_twenty() -> None:
    """60 pairs of windows of a simpler application, as many traces as the bench has."""
    alarms = sum(bool(changes(compared(window(2 * n), window(2 * n + 1)))) for n in range(ROUNDS))
    assert alarms <= 0.05 * ROUNDS


def test_a_shift_of_a_fifth_at_200_traces_is_found_nine_times_of_ten() -> None:
    """One route, 200 traces on each side, 20 % slower."""
    hits = 0
    for n in range(ROUNDS):
        (route,) = compared(window(2 * n, routes=1), window(2 * n + 1, slower=1.2, routes=1)).routes
        hits += route.verdict == "slower"
    assert hits >= 0.9 * ROUNDS


def test_every_known_shift_is_found_and_nothing_else() -> None:
    """One shop that changed in everything, on one of three routes."""
    changed = Shop(slower=1.5, failing=0.3, cold=0.4, gets=3, version="8", broken_call=0.3)
    told = changes(compare(sample(shop(1)), sample(shop(2, shop=changed))))
    assert {one.partition(":")[0] for one in told} == {
        "route", "edge", "chain", "errors", "edge errors", "chain errors", "cold", "waited", "calls", "path",
        "attribute",
    }  # fmt: skip
    assert "calls: GET /orders > DynamoDB GetItem orders more" in told
    assert "path: GET /orders > orders: Initialization more" in told
    assert "attribute: version = 8 more" in told
    others = [one for one in told if "products" in one or "stock" in one]
    assert others == []


def test_what_changed_has_traces_to_look_at() -> None:
    """The slowest of a route and of a chain after, those with a new error, those that lost one."""
    found = compare(sample(shop(1)), sample(shop(2, shop=Shop(slower=1.5, failing=0.0))))
    (route,) = [row for row in found.routes if row.name == "GET /orders"]
    (chain,) = [row for row in found.chains if row.name == "GET /orders > SQS SendMessage mail"]
    assert all(len(row.exemplars) == 3 and row.exemplars[0].endswith(f"{2:024x}") for row in (route, chain))
    gone = [one for one in found.presence if one.kind == "error" and "ValueError" in one.name]
    assert gone
    assert all(one.exemplars[0].endswith(f"{1:024x}") for one in gone)


def test_a_difference_has_its_confidence_where_there_are_enough_traces() -> None:
    """200 traces tell p50 to p95 and not p99, 25 only the median."""
    (many,) = compare(sample(window(1, routes=1)), sample(window(2, slower=1.5, routes=1))).routes
    assert [one.p is None for one in many.percentiles] == [False, False, False, True]
    within = many.percentiles[0].within
    assert within is not None
    assert within[0] < many.after.p50 - many.before.p50 < within[1]
    assert many.percentiles[3].verdict == "not enough data"
    (few,) = compare(sample(window(1, 25, routes=1)), sample(window(2, 25, routes=1))).routes
    assert [one.p is None for one in few.percentiles] == [False, True, True, True]


def test_a_tail_that_grows_is_found_where_the_median_stays() -> None:
    """One request in ten takes three times as long."""

    def longer(number: int) -> dict[str, object]:
        return {"end": number + 3.0} if number % 10 == 0 else {}

    (route,) = compared(window(1, 400, routes=1), window(2, 400, routes=1, change=longer)).routes
    verdicts = {one.percentile: one.verdict for one in route.percentiles}
    assert (verdicts["p50"], verdicts["p95"], route.verdict) == ("same", "slower", "slower")


def test_other_traffic_is_no_other_application() -> None:
    """Three times the orders of before and a tenth of the rest: no call and no step changed."""
    few, many = (
        sample([*shop(1, 300, routes=("orders",)), *shop(2, 30, routes=("products",))]),
        sample([*shop(3, 100, routes=("orders",)), *shop(4, 300, routes=("products",))]),
    )
    assert changes(compare(few, many)) == []


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [((6, 6), (0, 6), "fewer"), ((0, 6), (6, 6), "more"), ((6, 6), (3, 6), "not enough data"),
     ((4, 4), (0, 4), "not enough data"), ((0, 6), (0, 6), "not enough data"), ((0, 30), (0, 30), "same")],
)  # fmt: skip
def test_few_requests_tell_that_failures_changed_and_not_that_they_did_not(
    before: tuple[int, int], after: tuple[int, int], verdict: str
) -> None:
    """Six that all fail and six that all work are no accident; a verdict without a difference needs more."""
    sides = (
        window(seed, count, routes=1, change=lambda number, failed=failed: {"fault": number < failed})  # type: ignore[misc]
        for seed, (failed, count) in enumerate((before, after))
    )
    found = compared(*sides)
    (row,) = found.errors
    assert row.verdict == verdict
    assert (row.p is None) == (verdict == "not enough data")
    assert bool(found.worse) == (verdict == "more")


def test_too_few_traces_are_said_to_be_too_few() -> None:
    """Nineteen traces, ten times as slow: no verdict, nothing fails."""
    found = compared(window(1, 19, routes=1), window(2, 19, 10.0, routes=1))
    assert {row.verdict for row in (*found.routes, *found.edges, *found.errors)} == {"not enough data"}
    assert {row.verdict for row in (*found.critical_path, *found.waited)} == {"not enough data"}
    assert found.worse == ()


def test_a_change_that_is_certain_but_small_does_not_matter() -> None:
    """Five per cent on two thousand traces; unless nothing is tolerated."""
    before, after = sample(window(1, 2000, routes=1)), sample(window(2, 2000, 1.05, routes=1))
    assert compare(before, after).routes[0].verdict == "same"
    assert compare(before, after, tolerance=0.0).routes[0].verdict == "slower"


def test_failures_new_errors_and_their_absence() -> None:
    """Half of the requests begin to fail with an exception that was not there."""

    def broken(number: int) -> dict[str, object]:
        return {"fault": True, "exceptions": (TracedException("KeyError", f"'{number}'"),)} if number % 2 else {}

    found = compared(window(1, routes=1), window(2, routes=1, change=broken))
    assert found.errors[0].verdict == "more"
    (error,) = [p for p in found.presence if p.kind == "error" and p.new]
    assert error.alarming
    assert "KeyError" in error.name
    assert [line for line in found.worse if "KeyError" in line]
    back = compared(window(1, routes=1, change=broken), window(2, routes=1))
    assert back.errors[0].verdict == "fewer"
    assert back.worse == ()


def test_an_error_that_was_seen_once_is_told_but_fails_nothing() -> None:
    """One in two hundred may be an accident."""
    once = {"fault": True, "exceptions": (TracedException("KeyError", "'a'"),)}
    found = compared(window(1, routes=1), window(2, routes=1, change=lambda n: once if n == 7 else {}))
    assert [p.alarming for p in found.presence if p.kind == "error" and "KeyError" in p.name] == [False]
    assert found.worse == ()


def test_more_calls_a_request_more_cold_starts_new_services_and_the_shift_of_the_path() -> None:
    """Everything else that one trace says differently."""

    def traces(cold_every: int, calls: int) -> list[Trace]:
        made = []
        for n in range(60):
            inner = [
                Segment(
                    f"c{c}",
                    "DynamoDB",
                    n + 0.11 + c * 0.01,
                    n + 0.12 + c * 0.01,
                    namespace="aws",
                    aws={"operation": "GetItem", "table_name": "orders"},
                )
                for c in range(calls)
            ]
            init = 0.5 if n % cold_every == 0 else None
            made.append(function_trace(f"1-{n:08x}-{0:024x}", float(n), init=init, duration=0.3, calls=inner))
        return made

    found = compared(traces(60, 1), traces(2, 12))
    assert found.cold_starts[0].verdict == "more"
    assert [(row.name, row.before, row.after) for row in found.calls if row.verdict == "more"] == [
        ("GET /web > DynamoDB GetItem orders", 1.0, 12.0)
    ]
    assert any(p.alarming and p.name.startswith("n_plus_one: web") for p in found.presence)
    assert "GET /web > web: Initialization" in {row.name for row in found.critical_path if row.verdict == "more"}
    gone = compared(traces(60, 1), traces(60, 0)).presence
    assert {(p.kind, p.name) for p in gone if not p.new} >= {
        ("edge", "web -> orders"),
        ("service", "orders (AWS::DynamoDB)"),
    }


def test_empty_and_unequal_windows_are_warned_about() -> None:
    """No verdict from nothing."""
    found = compared([], window(1, 30))
    assert [w.partition(":")[0] for w in found.warnings] == ["empty"]
    assert (found.presence, found.worse) == ((), ())
    assert [w.partition(":")[0] for w in compared(window(1, 10), window(2, 100)).warnings] == ["few", "unequal"]
    some, all_ = (replace(sample(window(1, 30)), sampling=(traced, 100)) for traced in (30, 100))
    assert [w.partition(":")[0] for w in compare(some, all_).warnings] == ["sampling"]
    assert compare(all_, all_).warnings == ()


def test_the_tests_have_the_values_of_the_books() -> None:
    """Complete separation of five and five (z = 12 / 4.787), of eight successes in ten and none; Holm's correction."""
    assert locations_differ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(0.0121858, rel=1e-4)
    assert locations_differ([1.0] * 9, [1.0] * 9) == 1.0
    assert locations_differ([], [1.0]) == 1.0
    assert rates_differ((0, 8), (10, 10)) == pytest.approx(2 * 45 / 125970, rel=1e-6)
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
