"""The last minutes of traces: each is counted once, and forgotten when it is old."""

import pytest

from shopfast_obs.console import rolling
from shopfast_obs.console.rolling import RollingTraces
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.testing import function_trace

NOW = 1_800_000_000.0


def name(number: int, start: float = NOW) -> str:
    """A trace id of that time."""
    return f"1-{int(start):08x}-{number:024x}"


def followed(count: int, *, fault: bool = False) -> RollingTraces:
    """Traces that were seen at once and again two seconds later."""
    traces = RollingTraces()
    found = [
        function_trace(name(number), NOW - 1, fault=fault, status=500 if fault else 200) for number in range(count)
    ]
    for now in (NOW, NOW + 2):
        ids = traces.wanted([trace.id for trace in found], now)
        for trace in found:
            if trace.id in ids:
                traces.take(trace, now)
        traces.advance(now)
    return traces


def test_a_trace_is_read_twice_and_counted_once() -> None:
    """Its last parts come late: the second look has them."""
    traces = RollingTraces()
    early = function_trace(name(1), NOW - 1, duration=0.2)
    late = function_trace(name(1), NOW - 1, duration=0.5)
    assert traces.wanted([early.id], NOW) == [early.id]
    traces.take(early, NOW)
    assert traces.wanted([early.id], NOW + 1) == []
    assert [summary.response for summary in traces.newest()] == [pytest.approx(0.2)]
    assert traces.wanted([early.id], NOW + 2) == [early.id]
    traces.take(late, NOW + 2)
    assert traces.wanted([early.id], NOW + 5) == []
    assert [summary.response for summary in traces.newest()] == [pytest.approx(0.5)]
    assert [node.counts.total for node in traces.service_map(NOW + 3).nodes] == [1, 1]


def test_a_request_that_is_under_way_is_read_until_it_ends() -> None:
    """And then once more."""
    traces = RollingTraces()
    begun = Trace(name(1), (Segment("s", "web", NOW, None, origin="AWS::Lambda"),))
    for second in (0, 2, 4):
        assert traces.wanted([begun.id], NOW + second) == [begun.id]
        traces.take(begun, NOW + second)
    traces.take(function_trace(begun.id, NOW), NOW + 6)
    assert traces.wanted([begun.id], NOW + 9) == []


def test_parts_that_came_before_their_whole_are_no_request_yet() -> None:
    """A deadline guard sends its function's part before the function is killed."""
    traces = RollingTraces()
    part = Segment("p", "## handler", NOW, NOW + 1, parent_id="missing")
    traces.take(Trace(name(1), (part,)), NOW)
    assert (traces.newest(), traces.routes(NOW), traces.service_map(NOW).nodes) == ([], [], ())
    traces.take(function_trace(name(1), NOW - 1), NOW + 2)
    assert [summary.entry_point for summary in traces.newest()] == ["GET /web"]


def test_what_callers_met_is_counted_by_route() -> None:
    """With exact shares."""
    (route,) = followed(4, fault=True).routes(NOW + 2)
    assert (route.name, route.requests, route.failed) == ("GET /web", 4, 4)
    (group,) = followed(4, fault=True).errors()
    assert group.count == 4
    assert followed(3).routes(NOW + 2)[0].failed == 0
    assert followed(3).errors() == ()


def test_what_is_old_is_forgotten() -> None:
    """After a minute in the map and the routes, after a quarter of an hour in the time line and the errors."""
    traces = followed(3, fault=True)
    assert traces.timeline() is not None
    traces.advance(NOW + 120)
    assert traces.service_map(NOW + 120).nodes == ()
    assert traces.routes(NOW + 120) == []
    assert traces.errors() != ()
    traces.advance(NOW + rolling.HISTORY + 60)
    assert traces.timeline() is None
    assert traces.errors() == ()


def test_the_number_of_kept_things_is_bounded() -> None:
    """However many requests there are."""
    traces = followed(3 * rolling.LISTED)
    assert len(traces.newest()) == rolling.LISTED
    assert traces.routes(NOW + 2)[0].requests == 3 * rolling.LISTED


def test_an_empty_trace_is_passed_over() -> None:
    """Its parts may still come."""
    traces = RollingTraces()
    traces.take(Trace(name(1), ()), NOW)
    assert traces.newest() == []
    assert traces.wanted([name(1)], NOW + 1) == [name(1)]
