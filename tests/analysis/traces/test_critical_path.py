"""The critical path and where its time goes, on real traces and on every tree that hypothesis can think of."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.traces.critical_path import CATEGORIES, CriticalPath, answer_path, critical_path
from shopfast_obs.analysis.traces.tree import CLOCK_MARGIN, TraceTree, tree
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.parse.traces import xray

REAL = Path(__file__).parents[4] / "shared" / "data" / "xray-traces"
EXPECTED: dict[str, Any] = json.loads((REAL / "expected.json").read_text()) if REAL.is_dir() else {}


def walked(*segments: Segment, duration: float | None = None) -> tuple[TraceTree, CriticalPath]:
    """The tree and the path of these segments."""
    grown = tree(Trace("1-a", segments, duration))
    return grown, critical_path(grown)


def names(grown: TraceTree, path: CriticalPath) -> list[str]:
    """The names along the path."""
    return [grown.nodes[index].name for index in path.nodes]


def spent(path: CriticalPath) -> dict[str, float]:
    """The categories that have any time, rounded to milliseconds."""
    return {category: round(seconds, 3) for category, seconds in path.breakdown.items() if seconds > 1e-9}


def part(name: str, start: float, end: float | None, *inner: Segment, **more: Any) -> Segment:
    """A segment named by what it is; its id is its name unless one is given."""
    return Segment(id=more.pop("id", name), name=name, start=start, end=end, subsegments=inner, **more)


@pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real X-Ray traces is not beside this checkout")
@pytest.mark.parametrize("name", [n for n, e in EXPECTED.items() if not e["rejected_by_source"]])
def test_real_traces_have_the_path_and_the_categories_that_were_checked_by_hand(name: str) -> None:
    """Names in order, cold starts on the path, each category within the clocks' margin."""
    grown = tree(xray.trace(json.loads((REAL / f"{name}.json").read_text())))
    path, expected = critical_path(grown), EXPECTED[name]
    assert names(grown, path) == expected["longest_path_names"]
    assert len(path.cold_starts) == expected["cold_starts"]
    assert abs(grown.duration - expected["duration"]) <= CLOCK_MARGIN
    assert grown.warnings == ()
    for category, seconds in path.breakdown.items():
        assert abs(seconds - (expected["breakdown"].get(category) or 0.0)) <= CLOCK_MARGIN, category


@pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real X-Ray traces is not beside this checkout")
@pytest.mark.parametrize(
    ("name", "warning", "on_path"),
    [
        ("event_processing_memory_leak", "cycle", ["event-processing-dev-ingest", "Attempt #1", "Overhead"]),
        ("thumbnail_app_in_progress", "in_progress", ["dev-thumbnail-generator/dev", "Dwell Time", "Attempt #1"]),
    ],
)
def test_real_traces_that_others_refuse_are_reported_with_a_warning(
    name: str, warning: str, on_path: list[str]
) -> None:
    """A cycle and a part in progress: the path still reaches the end, and all its time is accounted for."""
    grown = tree(xray.trace(json.loads((REAL / f"{name}.json").read_text())))
    path = critical_path(grown)
    assert [w.partition(":")[0] for w in grown.warnings] == [warning]
    assert [n for n in names(grown, path) if n in on_path] == on_path
    assert sum(path.breakdown.values()) == pytest.approx(grown.duration)
    assert path.breakdown["unclassified"] == 0.0


def test_a_cold_start_lies_before_its_function() -> None:
    """Environment, runtime, then the code: three categories from before the function's own start."""
    grown, path = walked(
        part("api", 0.0, 3.0, origin="AWS::ApiGateway::Stage"),
        part("web", 0.1, 2.9, id="service", parent_id="api", origin="AWS::Lambda"),
        part(
            "web", 1.5, 2.8, part("Initialization", 0.5, 1.4), part("Invocation", 1.5, 2.7), part("Overhead", 2.7, 2.8),
            id="function", parent_id="service", origin="AWS::Lambda::Function",
        ),
    )  # fmt: skip
    assert names(grown, path) == ["api", "web", "web", "Initialization", "Invocation", "Overhead"]
    assert len(path.cold_starts) == 1
    assert spent(path) == {
        "orchestration": 0.4, "container_initialization": 0.4, "runtime_initialization": 0.9,
        "computation": 1.2, "overhead": 0.1,
    }  # fmt: skip


def test_an_environment_that_was_ready_is_no_cold_start() -> None:
    """Provisioned concurrency initialises long before the request: nobody waited."""
    grown, path = walked(
        part("web", 100.0, 101.0, id="service", origin="AWS::Lambda"),
        part("web", 100.1, 100.9, part("Initialization", 1.0, 3.0), id="f", parent_id="service",
             origin="AWS::Lambda::Function"),
    )  # fmt: skip
    assert path.cold_starts == ()
    assert "Initialization" not in names(grown, path)
    assert spent(path) == {"orchestration": 0.2, "computation": 0.8}


def test_an_asynchronous_chain_goes_through_dwell_time_and_every_attempt() -> None:
    """The caller's later work is off the path; the wait is queueing, the gap is the trigger's."""
    grown, path = walked(
        part("web", 0.0, 1.0, part("put", 0.1, 0.2, namespace="aws"), part("later", 0.3, 0.9)),
        part(
            "worker", 0.5, 0.6,
            part("Dwell Time", 0.5, 0.7), part("Attempt #1", 0.7, 1.7), part("Attempt #2", 2.7, 3.7),
            parent_id="put", origin="AWS::Lambda",
        ),
    )  # fmt: skip
    assert names(grown, path) == ["web", "put", "worker", "Dwell Time", "Attempt #1", "Attempt #2"]
    assert spent(path)["queueing"] == 0.2
    assert spent(path)["trigger"] == 0.3 + 1.0
    assert sum(path.breakdown.values()) == pytest.approx(3.7)


def test_of_parallel_calls_only_the_one_waited_for_counts() -> None:
    """Three calls at once, then one more: the longest and the last are on the path, the others are not."""
    _, path = walked(
        part("f", 0.0, 1.0,
             part("a", 0.1, 0.2, namespace="aws"), part("b", 0.1, 0.5, namespace="aws"),
             part("c", 0.1, 0.3, namespace="aws"), part("d", 0.5, 0.8, namespace="aws"),
             origin="AWS::Lambda::Function"),
    )  # fmt: skip
    assert spent(path) == {"computation": 0.3, "external_service": 0.7}
    assert len(path.nodes) == 3


def test_overlapping_siblings_are_in_sequence_when_the_sdk_says_so() -> None:
    """`precursor_ids` wins over clocks."""
    first = part("first", 0.0, 0.6)
    second = part("second", 0.5, 1.0, precursors=("first",))
    grown, path = walked(part("f", 0.0, 1.0, first, second))
    assert names(grown, path) == ["f", "first", "second"]


def test_a_clock_that_runs_ahead_does_not_make_a_function_asynchronous() -> None:
    """3 ms between two clocks: the function stays its invocation's own work, until that had its answer, and the
    difference is said."""
    grown, path = walked(
        part("api", 0.0, 2.0, origin="AWS::ApiGateway::Stage"),
        part("web", 0.0, 1.0, id="s", parent_id="api", origin="AWS::Lambda"),
        part("web", 0.1, 1.003, id="f", parent_id="s", origin="AWS::Lambda::Function"),
    )
    assert names(grown, path) == ["api", "web", "web"]
    assert [w.partition(":")[0] for w in grown.warnings] == ["clock_skew"]
    assert spent(path) == {"orchestration": 1.1, "computation": 0.9}


def test_the_path_reaches_the_last_end_wherever_it_lies() -> None:
    """A function that outlives its invocation by much, beside a sibling that ends later than the invocation."""
    grown, path = walked(
        part("flow", 0.0, 1.2, origin="AWS::StepFunctions::StateMachine"),
        part("web", 0.0, 1.0, id="s", parent_id="flow", origin="AWS::Lambda"),
        part("web", 0.1, 1.5, id="f", parent_id="s", origin="AWS::Lambda::Function"),
        part("other", 0.2, 1.2, parent_id="flow", origin="AWS::Lambda"),
    )
    assert names(grown, path) == ["flow", "web", "web"]
    assert spent(path) == {"orchestration": 0.1, "computation": 1.4}


def test_a_long_chain_and_many_siblings_need_no_recursion() -> None:
    """Depth 10,000 and 50,000 siblings, each whole on the path."""
    deep = [part(str(n), n * 1e-4, 2.0, parent_id=str(n - 1) if n else "") for n in range(10_000)]
    _, path = walked(*deep)
    assert len(path.nodes) == 10_000
    wide = [part(str(n), float(n), n + 1.0, parent_id="root") for n in range(50_000)]
    _, path = walked(part("root", 0.0, 50_000.0), *wide)
    assert len(path.nodes) == 50_001


TIMES = st.floats(0, 10, allow_nan=False).map(lambda value: round(value, 3))


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Any heap of segments: some embedded, some linked to any id (their own, unknown, circular), some without end."""
    count = draw(st.integers(1, 12))
    origins = st.sampled_from(["", "AWS::Lambda", "AWS::Lambda::Function", "AWS::S3::Bucket", "AWS::ApiGateway::Stage"])
    kinds = st.sampled_from(["Initialization", "Invocation", "Dwell Time", "Attempt #1", "S3", "x"])
    made: list[Segment] = []
    for number in range(count):
        start = draw(TIMES)
        inner = ()
        if made and draw(st.booleans()):
            inner = (made.pop(draw(st.integers(0, len(made) - 1))),)
        made.append(
            Segment(
                id=str(number),
                name=draw(kinds),
                start=start,
                end=draw(st.none() | TIMES.map(lambda length, start=start: start + length)),
                parent_id=draw(st.sampled_from(["", *(str(n) for n in range(count + 1))])),
                origin=draw(origins),
                subsegments=inner,
            )
        )
    return Trace("1-a", tuple(made))


@settings(max_examples=120)
@given(traces())
def test_any_trace_becomes_one_tree_and_its_time_adds_up(trace: Trace) -> None:
    """No part is lost, every part hangs under the root, the walk ends, and the categories sum to the duration."""
    grown = tree(trace)
    assert sorted(id(node) for node in grown.nodes) == sorted(id(node) for node in trace.walk())
    reached = [0]
    for index in reached:
        reached.extend(grown.children[index])
    assert sorted(reached) == list(range(len(grown.nodes)))
    path = critical_path(grown)
    assert len(set(path.nodes)) == len(path.nodes)
    assert set(path.breakdown) == set(CATEGORIES)
    assert sum(path.breakdown.values()) == pytest.approx(grown.duration, abs=1e-9)
    assert all(a.end == b.start for a, b in zip(path.slices, path.slices[1:], strict=False))
    answer = answer_path(grown, path)
    end = grown.end if answer is path else grown.ends[0]
    assert sum(answer.breakdown.values()) == pytest.approx(end - grown.start, abs=1e-9)
    assert all(a.end == b.start for a, b in zip(answer.slices, answer.slices[1:], strict=False))


def put_and_scan() -> TraceTree:
    """An API whose function puts an object, which starts another function for longer than the answer takes, and then
    scans a table."""
    inner = part(
        "work",
        0.02,
        5.98,
        part("put", 0.1, 0.2, namespace="aws"),
        part("scan", 0.3, 5.9, namespace="aws"),
        origin="AWS::Lambda::Function",
        parent_id="orders",
    )
    grown, _ = walked(
        part("api", 0.0, 6.0, part("Lambda", 0.005, 5.995, namespace="aws"), origin="AWS::ApiGateway::Stage"),
        part("orders", 0.01, 5.99, origin="AWS::Lambda", parent_id="Lambda"),
        inner,
        part("thumb", 0.5, 8.0, origin="AWS::Lambda", parent_id="put"),
        part("thumb-code", 0.6, 7.9, origin="AWS::Lambda::Function", parent_id="thumb"),
    )
    return grown


def seconds(grown: TraceTree, path: CriticalPath) -> dict[str, float]:
    """The seconds of each part on a path, rounded to milliseconds."""
    found: dict[str, float] = {}
    for start, end, node, _ in path.slices:
        name = grown.nodes[node].name if node >= 0 else "(between)"
        found[name] = round(found.get(name, 0.0) + end - start, 3)
    return found


def test_asynchronous_work_is_on_the_path_to_the_end_and_not_on_that_to_the_answer() -> None:
    """It begins before the answer and ends after it; what the customer waited for is the scan."""
    grown = put_and_scan()
    to_end = critical_path(grown)
    assert seconds(grown, to_end)["thumb-code"] == pytest.approx(7.3)
    answer = answer_path(grown, to_end)
    assert names(grown, answer) == ["api", "Lambda", "orders", "work", "put", "scan"]
    assert seconds(grown, answer)["scan"] == pytest.approx(5.6)
    assert sum(answer.breakdown.values()) == pytest.approx(6.0)


def test_a_call_that_failed_because_it_waited_in_vain_was_waited_for() -> None:
    """As long as it lasted: the caller gives up after a second, what it called goes on, the answer comes at 2."""
    grown, to_end = walked(
        part("api", 0.0, 2.0, part("call", 0.5, 1.5, namespace="remote", fault=True), origin="AWS::ApiGateway::Stage"),
        part("pricer", 0.6, 10.0, origin="AWS::ECS::Container", parent_id="call"),
    )
    answer = answer_path(grown, to_end)
    assert seconds(grown, answer) == {"api": 1.0, "call": 0.1, "pricer": 0.9}


def test_an_event_has_nobody_who_waits() -> None:
    """Its path is that to the end of its last attempt."""
    grown, to_end = walked(
        part("job", 0.0, 0.05, part("Dwell Time", 0.05, 0.1), part("Attempt #1", 0.1, 4.0), origin="AWS::Lambda")
    )
    assert answer_path(grown, to_end) is to_end


def test_a_trace_that_ends_with_its_answer_has_one_path() -> None:
    """It is not walked twice."""
    grown, to_end = walked(part("api", 0.0, 3.0, part("call", 1.0, 2.0, namespace="aws")))
    assert answer_path(grown, to_end) is to_end
