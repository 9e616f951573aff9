"""Traces that a plan takes in: nothing of the report differs from what looking at each of them tells."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.traces.overview.overview import OverviewBuilder
from shopfast_obs.analysis.traces.overview.plans.planner import Planner, empty_builder
from shopfast_obs.model.telemetry import Segment, Trace, TracedException
from shopfast_obs.parse.traces import documents
from shopfast_obs.report.json import written
from shopfast_obs.report.traces import trace_document
from shopfast_obs.testing import answered_early, function_trace
from tests.analysis.traces.random_traces import FUNCTION, program
from tests.analysis.traces.test_critical_path import traces as any_trace

ROOT = Path(__file__).parents[5]
FILES = [
    ROOT / "tests/recorded/durable/failed-execution.json",
    *(ROOT.parent / "shared/data/xray-traces").glob("*.json"),
]
REAL = [
    trace
    for file in FILES
    if file.is_file() and file.name != "expected.json"
    for trace in documents.read([(file.name, file.read_bytes())]).traces
]


def own() -> list[Trace]:
    """What the others have not: attributes, users, messages, batches, in progress, precursors, ids twice, nobody's."""
    call = Segment(
        "c", "DynamoDB", 1.2, 1.9, namespace="aws", aws={"operation": "Scan", "table_name": "t", "request_id": "r"}
    )
    broken = TracedException("KeyError", "'x'", stack=(("/var/task/app.py", 3, "handler"),))
    web = Segment(
        "f", "web", 1.0, 2.0, origin="AWS::Lambda::Function", fault=True, user="ann", exceptions=(broken,),
        annotations={"faas.coldstart": True, "order": 7}, metadata={"default": {"http.route": "/a/{id}"}},
        http={"request": {"method": "GET", "url": "https://x/a/1"}, "response": {"status": 500, "content_length": 9}},
        aws={"function_version": "3", "request_id": "q-1"}, subsegments=(call, call._replace(id="d", throttle=True)),
    )  # fmt: skip
    return [
        Trace("1-own", (web,), 1.0),
        Trace("1-said", (web._replace(fault=False, http={"response": {"status": "200"}}, annotations={}),), 9.0),
        Trace("1-open", (web._replace(end=None, subsegments=(call._replace(end=None),)),)),
        Trace("1-list", (web._replace(subsegments=(call._replace(aws={"table_names": ["a", "b"]}),)),)),
        Trace("1-after", (web._replace(subsegments=(call, call._replace(id="e", precursors=("c",)))),)),
        Trace("1-twice", (web._replace(subsegments=(call, call)),), limit_exceeded=True),
        Trace("1-lost", (web._replace(parent_id="nobody"), web._replace(id="g", parent_id="f"))),
        Trace("1-bad", (web,), problems=("malformed: something",)),
        Trace("1-none", ()),
        answered_early(),
        function_trace("1-cold", 5.0, init=1.0),
        function_trace("1-warm", 6.0, fault=True),
    ]


def again(trace: Trace, number: int, dice: random.Random) -> Trace:
    """The same under another id, with other times: stretched, or each moved a little, so that their order changes."""
    stretch, jitter = dice.uniform(0.5, 2.0), dice.choice([0.0, 0.0, 0.0005, 0.3])

    def moved(moment: float) -> float:
        return moment * stretch + dice.uniform(0.0, jitter)

    def copy(segment: Segment) -> Segment:
        aws = {**segment.aws, "request_id": f"r-{number}"} if "request_id" in segment.aws else segment.aws
        notes = {**segment.annotations, "order": number} if "order" in segment.annotations else segment.annotations
        end = None if segment.end is None else moved(segment.end)
        return segment._replace(
            start=moved(segment.start), end=end, aws=aws, annotations=notes,
            subsegments=tuple(copy(inner) for inner in segment.subsegments),
        )  # fmt: skip

    duration = None if trace.duration is None else trace.duration * stretch
    return replace(trace, id=f"{trace.id}-{number}", segments=tuple(map(copy, trace.segments)), duration=duration)


def told(builder: OverviewBuilder) -> str:
    """The report."""
    return written(trace_document(builder.result(), None))


@given(st.lists(any_trace(), max_size=4), st.integers(0, 10**6))
@settings(max_examples=5, deadline=None)
def test_plans_tell_what_looking_at_each_trace_tells(others: list[Trace], seed: int) -> None:
    """To the last digit, in their order, for real traces, those of every kind and random ones, shuffled."""
    dice = random.Random(seed)
    kinds = [*own(), *REAL, *others]
    traces = [again(trace, number, dice) for trace in kinds for number in range(5)]
    dice.shuffle(traces)
    planned, looked_at = OverviewBuilder(), OverviewBuilder()
    planned.take_all(traces[:30])
    planned.take_all(traces[30:])
    for trace in traces:
        looked_at.add(trace)
    assert told(planned) == told(looked_at)


def looked_at_each(traces: list[Trace]) -> OverviewBuilder:
    """Without plans."""
    builder = OverviewBuilder()
    for trace in traces:
        builder.add(trace)
    return builder


def by_plans(traces: list[Trace]) -> OverviewBuilder:
    """With plans."""
    builder = OverviewBuilder()
    builder.take_all(traces)
    return builder


@pytest.mark.parametrize("seed", range(12))
def test_random_programs_are_told_alike(seed: int) -> None:
    """Their times move within and beyond the grain of clocks, so that a plan fits some and not others."""
    dice = random.Random(seed)
    traces = [again(program(seed * 10 + kind), n, dice) for kind in range(4) for n in range(15)]
    assert any(taken(traces))
    dice.shuffle(traces)
    assert told(by_plans(traces)) == told(looked_at_each(traces))
    assert by_plans(traces).failures == looked_at_each(traces).failures


def web(**fields: Any) -> Segment:
    """One segment."""
    return Segment("a", "web", 1.0, 2.0, **fields)


def called(request_id: str) -> tuple[Segment, ...]:
    """A function that fails, in its service."""
    inner = Segment("b", "fn", 1.1, 1.9, parent_id="a", origin=FUNCTION, fault=True, aws={"request_id": request_id})
    return Segment("a", "fn", 1.0, 2.0, origin="AWS::Lambda", aws={"request_id": "outer"}), inner


def noted(**annotations: Any) -> tuple[Segment, ...]:
    """A function with annotations."""
    return (web(origin=FUNCTION, annotations=annotations),)


@pytest.mark.parametrize(
    "kinds",
    [
        [(web(http={"response": {"status": code}}),) for code in (500, 500.0, True, "500")],
        [(web(origin=FUNCTION, aws={"function_version": version}),) for version in (1, 1.0, True, "1", None)],
        [called(request_id) for request_id in ("x", "")],
        [(web(http=http),) for http in ({"request": "x", "response": {"status": "/a"}},
                                        {"request": {"url": "/a", "method": False}})],
        [(web(metadata=metadata),) for metadata in ({"default": 1}, {"default": {}}, {"x": 1}, {})],
        [noted(**{"faas.coldstart": value}) for value in (True, 1, 1.0, "True", False)],
        [noted(**{"cold start": value}) for value in ("yes", "no", 1, True)],
        [noted(**{"faas.max_memory": value}) for value in (128, 128.0, True, "128", 128 << 20)],
        [(Segment("a", "web", start, end),) for start, end in ((0.0, 0.0), (-0.0, -0.0), (1, 2), (2.0, 1.0))],
        [(web(user=user),) for user in ("ann", "bob", "")],
        [(web(http={"request": {"url": url, "method": "GET"}}),) for url in ("http://x/a/1", "//[", "", "/a/2?b", 5)],
        [(web(subsegments=(Segment("b", name, 1.0, 1.5, namespace="aws"),)),) for name in ("S3", "SQS")],
        [(web(cause_id=cause, fault=True),) for cause in ("", "x", "y")],
        [(web(parent_id=above), web()._replace(id="b", parent_id=below)) for above, below in (("", "a"), ("b", ""),
                                                                                             ("q", "r"), ("a", "a"))],
    ],
)  # fmt: skip
def test_what_looks_alike_and_is_not(kinds: list[tuple[Segment, ...]]) -> None:
    """Each is seen often enough to have a plan, and none is taken for another."""
    traces = [Trace(f"1-{place}-{number}", kind) for place, kind in enumerate(kinds) for number in range(3)]
    for order in (traces, traces[::-1]):
        assert any(taken(order))
        assert told(by_plans(order)) == told(looked_at_each(order))
        assert by_plans(order).failures == looked_at_each(order).failures


def test_what_was_counted_stays_where_the_traces_break_off() -> None:
    """Whoever reads them may fail in the middle."""

    def broken() -> Iterator[Trace]:
        yield from (Trace(f"1-{number}", (web(),)) for number in range(5))
        raise OSError

    builder = OverviewBuilder()
    with pytest.raises(OSError):
        builder.take_all(broken())
    assert builder.result().entry_points[0].counts.ok == 5


def taken(traces: list[Trace]) -> Iterator[bool]:
    """For each whether a plan took it in."""
    builder = OverviewBuilder()
    planner = Planner(builder, empty_builder)
    for trace in traces:
        done = planner.take(trace)
        if not done:
            builder.add(trace)
        yield done


@pytest.mark.parametrize("trace", [*own()[:3], *own()[9:], *REAL[1:]], ids=lambda trace: trace.id)
def test_the_second_of_a_shape_has_a_plan(trace: Trace) -> None:
    """Real traces too, with their cold starts, failures, warnings and late parts."""
    assert list(taken([stretched(trace, number) for number in range(4)])) == [False, True, True, True]


def stretched(trace: Trace, number: int) -> Trace:
    """The same under another id, a little longer in all of its parts."""
    return again(trace, number, Still(number))


class Still(random.Random):
    """Dice that move no single time."""

    def uniform(self, a: float, b: float) -> float:
        """Almost one for what stretches."""
        return 1.01 if b == 2.0 else 0.0


def test_traces_of_another_shape_have_none() -> None:
    """Each has another name."""
    traces = [Trace(f"1-{n}", (Segment("a", f"web{n}", 1.0, 2.0),)) for n in range(50)]
    assert not any(taken(traces))


def test_what_differs_between_traces_of_a_shape_is_told() -> None:
    """Ids of requests and traces, values of annotations, times in warnings."""
    builder = OverviewBuilder()
    builder.take_all(stretched(own()[1], number) for number in range(3))
    document = json.loads(told(builder))
    assert len({warning for trace in document["traces"] for warning in trace["warnings"]}) >= 1
    assert len({trace["id"] for trace in document["traces"]}) == 3
    failing = OverviewBuilder()
    failing.take_all(stretched(own()[0], number) for number in range(3))
    assert {failure.request_id for failure in failing.failures} == {"r-0", "r-1", "r-2"}
    assert len({failure.trace_id for failure in failing.failures}) == 3
