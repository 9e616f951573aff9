"""Traces merged by call path: sums that hold, whoever added them, in a size that is bounded."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.traces.call_paths import BETWEEN, OTHERS, CallPath, CallPathBuilder, call_paths
from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.testing import answered_early, function_trace

ROUTE = "GET /web"


def get(name: str, start: float, end: float) -> Segment:
    """A call of a table."""
    return Segment(name, "DynamoDB", start, end, namespace="aws", aws={"operation": "GetItem", "table_name": name})


def traces(count: int = 5) -> list[Trace]:
    """Calls of one route, every second one cold, each with two calls of one table and one beside them."""
    return [
        function_trace(
            f"1-{n:08x}-{n:024x}", n, init=0.5 if n % 2 else None, duration=1.0,
            calls=[get("stock", n + 0.6, n + 0.7), get("stock", n + 0.7, n + 0.8), get("cart", n + 0.6, n + 0.65)],
        )
        for n in range(count)
    ]  # fmt: skip


def names(paths: tuple[CallPath, ...]) -> dict[tuple[str, ...], CallPath]:
    """The frames by their names from the entry point down."""
    found: dict[tuple[str, ...], CallPath] = {}
    stack: list[str] = []
    for path in paths:
        del stack[path.depth :]
        stack.append(f"{path.name} {path.kind}".strip())
        found[tuple(stack)] = path
    return found


def test_what_was_waited_for_adds_up_to_the_answers() -> None:
    """The self times of all frames are the response times; a frame's total is its own and that of what is below it."""
    paths = call_paths(traces())
    responses = sum(summary.response for summary in overview(traces()).traces)
    assert sum(path.waited for path in paths) == pytest.approx(responses)
    for place, path in enumerate(paths):
        inner = [one for one in paths if one.parent == place]
        assert path.total_waited == pytest.approx(path.waited + sum(one.total_waited for one in inner))
        assert path.total_worked == pytest.approx(path.worked + sum(one.total_worked for one in inner))
        assert all(paths[path.parent].depth == path.depth - 1 for _ in range(path.parent >= 0))


def test_calls_of_one_path_are_one_frame() -> None:
    """Two calls a trace of one table are one frame with ten; Lambda and its function are two, init is another."""
    found = names(call_paths(traces()))
    function = (ROUTE, "web AWS::Lambda", "web AWS::Lambda::Function")
    stock = found[*function, "Invocation", "DynamoDB GetItem stock call"]
    assert stock.count == 10
    assert stock.waited == pytest.approx(1.0)
    assert stock.category == "external_service"
    cart = found[*function, "Invocation", "DynamoDB GetItem cart call"]
    assert (cart.waited, cart.worked) == (0.0, pytest.approx(0.25))  # beside a longer one: nobody waited for it
    assert found[*function, "Initialization"].waited == pytest.approx(1.0)


def test_what_xray_infers_of_a_call_is_the_call() -> None:
    """One frame, in the category of the callee."""
    copy = Segment("i", "stock", 0.6, 0.7, origin="AWS::DynamoDB::Table", inferred=True, parent_id="stock")
    trace = function_trace("1-a", 0.0, duration=1.0, calls=[get("stock", 0.6, 0.7)])
    paths = call_paths([Trace("1-a", (*trace.segments, copy))])
    assert [(path.category, path.count) for path in paths if "stock" in path.name] == [("external_service", 1)]


def test_work_after_the_answer_is_work_that_nobody_waited_for() -> None:
    """Eight seconds of a notification are in `worked` alone."""
    paths = call_paths([answered_early()])
    assert sum(path.waited for path in paths) == pytest.approx(1.0)
    told = next(path for path in paths if path.name == "tell")
    assert (told.waited, told.worked) == (0.0, pytest.approx(8.0))


def test_a_gap_has_a_frame_of_its_own() -> None:
    """The second between an event and the attempt that it starts is nobody's."""
    attempt = Segment("a", "Attempt #1", 2.0, 3.0)
    root = Segment("r", "web", 0.0, 1.0, origin="AWS::Lambda", subsegments=(attempt,))
    found = {path.name: path for path in call_paths([Trace("1-a", (root,))])}
    assert found[BETWEEN].waited == pytest.approx(1.0)
    assert found[BETWEEN].category == "trigger"


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(0, 12))
@settings(max_examples=30, deadline=None)
def test_parts_merged_are_the_whole(kinds: list[int], cut: int) -> None:
    """Two builders, merged, say what one says."""
    known = traces(4)
    every = [known[kind] for kind in kinds]
    whole, first, second = CallPathBuilder(), CallPathBuilder(), CallPathBuilder()
    for trace in every:
        whole.add(trace)
    for trace in every[:cut]:
        first.add(trace)
    for trace in every[cut:]:
        second.add(trace)
    first.merge(second)
    for one, other in zip(first.result(), whole.result(), strict=True):
        assert rounded(one) == rounded(other)


def rounded(path: CallPath) -> CallPath:
    """A path without the last digits of its sums."""
    return replace(
        path, waited=round(path.waited, 6), worked=round(path.worked, 6),
        total_waited=round(path.total_waited, 6), total_worked=round(path.total_worked, 6),
    )  # fmt: skip


def test_the_small_rest_is_others_and_nothing_is_lost() -> None:
    """Five hundred tables: the longest stay, the rest is one frame with their time, and memory stays bounded."""
    calls = [get(f"t{n:03}", 0.5 + n * 0.001, 0.5 + n * 0.001 + (0.0009 if n < 480 else 0.00095)) for n in range(500)]
    trace = function_trace("1-a", 0.0, duration=1.0, calls=calls)
    full, small = call_paths([trace]), call_paths([trace], most=20)
    assert len(full) > 500
    assert len(small) <= 40
    assert sum(path.waited for path in small) == pytest.approx(sum(path.waited for path in full))
    assert sum(path.worked for path in small) == pytest.approx(sum(path.worked for path in full))
    others = next(path for path in small if path.name == OTHERS)
    assert others.count > 450
    builder = CallPathBuilder(most=20)
    for number in range(50):
        builder.add(function_trace(f"1-{number}", number, name=f"f{number}", calls=[get(f"t{number}", 0, 1)]))
        assert builder._size <= 4 * 20
    assert len(builder.result()) <= 40


def test_a_deep_trace_is_cut_and_keeps_its_time() -> None:
    """A thousand parts within one another are 64 frames; nothing recurses."""
    inner = Segment("p0", "part", 0.0, 1.0)
    for number in range(1, 1000):
        inner = Segment(f"p{number}", "part", 0.0, 1.0 + number / 1000, subsegments=(inner,))
    paths = call_paths([Trace("1-a", (inner,))])
    assert max(path.depth for path in paths) <= 64
    assert sum(path.waited for path in paths) == pytest.approx(1.999)


def test_no_trace_is_no_path() -> None:
    """Nothing, and a trace without segments."""
    assert call_paths([]) == ()
    assert call_paths([Trace("1-a", ())]) == ()
