"""Many traces to one overview."""

import pytest

from shopfast_obs.analysis.traces.outcome import outcome, parameterised, route
from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.model.telemetry import InvocationReport, Segment, Trace
from shopfast_obs.testing import answered_early, function_trace


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/products", "/products"),
        ("/products/P-0042", "/products/{id}"),
        ("/v1/orders/8f507cfc-1234-4697-b07a-ac58fc914c95/items", "/v1/orders/{id}/items"),
        ("/", "/"),
    ],
)
def test_ids_in_a_path_are_parameters(path: str, expected: str) -> None:
    """A version is not an id."""
    assert parameterised(path) == expected


def test_a_broken_request_is_no_route() -> None:
    """What is not a URL gives nothing, never an error."""
    assert route(Segment("1", "x", 0, 1, http={"request": {"url": 7}})) == ""
    assert route(Segment("1", "x", 0, 1, http={"request": "?"})) == ""
    assert route(Segment("1", "x", 0, 1, http={"request": {"url": "http://[bad", "method": "GET"}})) == "GET /"
    assert outcome(Segment("1", "x", 0, 1, http={"response": {"status": "many"}})) == "ok"


def test_the_overview_counts_routes_outcomes_and_cold_starts() -> None:
    """Twenty calls of one route, every tenth cold, one a fault."""
    traces = [
        function_trace(f"1-{n:08x}-{n:024x}", float(n), init=1.0 if n % 10 == 0 else None, fault=n == 5, duration=0.1)
        for n in range(20)
    ]
    found = overview(traces)
    (entry,) = found.entry_points
    assert (entry.name, entry.counts.total, entry.counts.ok, entry.counts.fault) == ("GET /web", 20, 19, 1)
    assert entry.counts.latency.max == pytest.approx(1.1)
    assert set(entry.slowest) & {traces[0].id, traces[10].id}
    (starts,) = found.cold_starts
    assert (starts.invocations, starts.cold, starts.on_path, starts.rate) == (20, 2, 2, 0.1)
    assert starts.runtime.p50 == pytest.approx(1.0)
    assert sum(found.breakdown.values()) == pytest.approx(sum(t.duration for t in found.traces))
    assert found.steps[0].name == "web: Initialization"
    assert found.quality == {}


def test_what_follows_the_answer_is_not_waited_for() -> None:
    """An API answers after a second; the notification that it asked for takes eight more."""
    found = overview([answered_early()])
    slow = found.steps[0]
    assert (slow.category, slow.seconds, slow.awaited) == ("computation", 8.0, 0.0)
    assert sum(step.awaited for step in found.steps) == pytest.approx(1.0)


def test_broken_traces_are_counted_by_what_is_wrong() -> None:
    """Each kind once a trace, and an empty trace changes nothing else."""
    found = overview([Trace("1-a", ()), Trace("1-b", (Segment("1", "a", 0, None),)), function_trace("1-c", 1.0)])
    assert found.quality == {"empty": 1, "in_progress": 1}
    assert len(found.traces) == 3
    assert sum(entry.counts.total for entry in found.entry_points) == 2


def test_nothing_gives_an_empty_overview() -> None:
    """No traces, no rows."""
    found = overview([])
    assert (found.traces, found.entry_points, found.steps, found.cold_starts) == ((), (), (), ())


def test_a_deep_trace_of_failing_slow_calls_needs_no_recursion() -> None:
    """Five thousand services, each of which waits for the next: all are on the path, all are slow, one is the cause."""
    chain = [
        Segment(
            str(n), "s", n * 1e-4, 2.0, namespace="remote" if n else "", fault=True, parent_id=str(n - 1) if n else ""
        )
        for n in range(5_000)
    ]
    found = overview([Trace("1-a", tuple(chain))])
    assert len(found.traces[0].critical_path) == 5_000
    (slow,) = found.patterns
    assert (slow.kind, slow.service, slow.calls) == ("slow", "s", 4_999)


def test_reports_tell_memory_sizes_and_sampling() -> None:
    """A function with two memory sizes has two rows; slow traces share one of them; every second was traced."""
    traces, reports = [], {}
    for n in range(80):
        small = n % 16 == 0
        service, function = function_trace(
            f"1-{n:08x}-{n:024x}", float(n), duration=1.0 if small else 0.1 + n * 1e-4, init=0.5 if n < 10 else None
        ).segments
        traces.append(Trace(service.trace_id, (service, function._replace(aws={"request_id": f"r{n}"}))))
        memory = 128 if small else 512
        reports[f"r{n}"] = InvocationReport(f"r{n}", float(n), 0.1, 0.1, memory, 70, trace_id=service.trace_id)
        reports[f"u{n}"] = InvocationReport(f"u{n}", float(n), 0.1, 0.1, memory, 70)
    found = overview(traces, reports)
    assert {(s.memory_mb, s.invocations, s.cold) for s in found.cold_starts} == {(128, 5, 1), (512, 75, 9)}
    assert found.sampling == (80, 160)
    assert ("memory of web", "128 MB") in {(o.attribute, o.value) for o in found.outliers}
    assert overview(traces).sampling is None
