"""What shoppers met, and what of it the functions took."""

import json

import pytest

from shopfast_obs.analysis.traffic import summarize
from shopfast_obs.model.telemetry import InvocationReport
from shopfast_obs.model.traffic import Machine, Sample


def report(request_id: str, duration: float, init: float | None = None, **more: str) -> InvocationReport:
    """A REPORT line that ended at 100 s."""
    return InvocationReport(request_id, 100.0, duration, duration, 128, 70, init, **more)


def test_failures_are_5xx_and_no_answer() -> None:
    """A 4xx is the shopper's mistake."""
    seen = summarize([Sample("GET /a", status, 0.0, 0.1) for status in (200, 404, 502, 0)], 2.0)
    (route,) = seen.routes
    assert (seen.count, seen.failed, route.failed_share) == (4, 2, 0.5)
    assert route.statuses == ((0, 1), (200, 1), (404, 1), (502, 1))
    assert route.function is None and route.warm_p95 == route.p95 == 0.1
    assert json.loads(json.dumps(seen.as_mapping()))["routes"][0]["function"] is None


def test_the_functions_time_stands_beside_the_wait() -> None:
    """By the request's id, or by its trace; what has no report is left out."""
    samples = [
        Sample("GET /a", 200, 0.0, 1.0, "one"),
        Sample("GET /a", 200, 0.0, 3.0, "two"),
        Sample("GET /a", 200, 0.0, 9.0, "unknown"),
        Sample("POST /b", 201, 0.0, 1.5, "of the API", "1-trace"),
    ]
    reports = [report("one", 0.4), report("two", 0.5, 2.0), report("x", 1.0, trace_id="1-trace"), report("other", 7.0)]
    first, second = summarize(samples, 1.0, reports).routes
    assert first.function and second.function
    assert (first.function.requests, first.function.cold, first.function.init) == (2, 1, 2.0)
    assert (first.function.p50, first.function.max) == (0.4, 0.5)
    assert first.function.outside == pytest.approx((0.6 + 0.5) / 2)
    assert (second.function.p95, second.function.outside) == (1.0, 0.5)


def test_what_answers_a_trace_began_first() -> None:
    """Functions that it calls, or that its events start, may take longer."""
    answers, later = report("a", 0.5, trace_id="1-t"), report("b", 0.2, trace_id="1-t")
    seen = summarize([Sample("POST /b", 201, 99.0, 0.6, "", "1-t")], 1.0, [later, answers])
    assert seen.routes[0].function and seen.routes[0].function.max == 0.5


def test_percentiles_without_cold_starts() -> None:
    """Unless every request met one."""
    samples = [Sample("GET /a", 200, 0.0, wait, name) for wait, name in ((0.1, "warm"), (2.0, "cold"))]
    reports = [report("warm", 0.05), report("cold", 0.05, 1.5)]
    assert summarize(samples, 1.0, reports).routes[0].warm_p95 == 0.1
    assert summarize(samples[1:], 1.0, reports).routes[0].warm_p95 == 2.0


@pytest.mark.parametrize(
    ("machine", "wait", "said"),
    [
        (Machine(2, 0.974), 1.7, "Both cores of this machine were busy 97% of the time: about 1.2 s of each answer"),
        (Machine(1, 0.9), 1.7, "The core of this machine was busy 90%"),
        (Machine(8, 0.9), 1.7, "All 8 cores of this machine were busy"),
        (Machine(2, 0.6), 1.7, ""),
        (Machine(2, 0.99), 0.55, ""),
        (None, 1.7, ""),
    ],
)
def test_a_busy_machine_is_told(machine: Machine | None, wait: float, said: str) -> None:
    """Where it had time, or nobody waited, nothing is said."""
    told = summarize([Sample("GET /a", 200, 0.0, wait, "one")], 1.0, [report("one", 0.5)], machine).crowded
    assert told.startswith(said) and bool(told) is bool(said)


def test_without_reports_nobody_knows_who_waited() -> None:
    """A busy machine alone is no reason to say that answers waited for it."""
    assert summarize([Sample("GET /a", 200, 0.0, 9.0)], 1.0, (), Machine(2, 1.0)).crowded == ""
