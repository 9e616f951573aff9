"""Traces that a plan takes in: nothing of the report differs from what looking at each of them tells."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

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
