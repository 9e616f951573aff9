"""Comparison: what is known to have changed is found, what has not is left alone."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from shopfast_obs.analysis.compare import Comparison, compare
from shopfast_obs.analysis.sample import sample
from shopfast_obs.analysis.statistics import holm, locations_differ, rates_differ
from shopfast_obs.model.telemetry import Segment, Trace, TracedException
from shopfast_obs.testing import function_trace

ROUNDS = 200


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


def test_equal_windows_give_false_alarms_in_at_most_one_of_twenty() -> None:
    """200 pairs of windows of the same application, three routes, edges and rates looked at together."""
    alarms = sum(bool(compared(window(2 * n), window(2 * n + 1)).worse) for n in range(ROUNDS))
    assert alarms <= 0.05 * ROUNDS


def test_a_shift_of_a_fifth_at_200_traces_is_found_nine_times_of_ten() -> None:
    """One route, 200 traces on each side, 20 % slower."""
    hits = 0
    for n in range(ROUNDS):
        (route,) = compared(window(2 * n, routes=1), window(2 * n + 1, slower=1.2, routes=1)).routes
        hits += route.verdict == "slower"
    assert hits >= 0.9 * ROUNDS


def test_too_few_traces_are_said_to_be_too_few() -> None:
    """Nineteen traces, ten times as slow: no verdict, nothing fails."""
    found = compared(window(1, 19, routes=1), window(2, 19, 10.0, routes=1))
    assert {row.verdict for row in (*found.routes, *found.edges, *found.errors)} == {"not enough data"}
    assert {row.verdict for row in (*found.calls, *found.critical_path)} == {"not enough data"}
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
        ("web -> orders", 1.0, 12.0)
    ]
    assert any(p.alarming and p.name.startswith("n_plus_one: web") for p in found.presence)
    assert "web: Initialization" in {row.name for row in found.critical_path if row.verdict == "more"}
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
    assert [w.partition(":")[0] for w in compared(window(1, 10), window(2, 100)).warnings] == ["unequal"]


def test_the_tests_have_the_values_of_the_books() -> None:
    """Complete separation of five and five (z = 12 / 4.787), of eight successes in ten and none; Holm's correction."""
    assert locations_differ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(0.0121858, rel=1e-4)
    assert locations_differ([1.0] * 9, [1.0] * 9) == 1.0
    assert locations_differ([], [1.0]) == 1.0
    assert rates_differ((0, 8), (10, 10)) == pytest.approx(2 * 45 / 125970, rel=1e-6)
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
