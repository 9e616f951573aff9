"""Both paths of the kinds of trees that suites for critical paths are made of, with values by hand. Milliseconds."""

from typing import NamedTuple

import pytest

from shopfast_obs.analysis.traces.critical_path import CriticalPath, answer_path, critical_path
from shopfast_obs.analysis.traces.tree import TraceTree, tree
from shopfast_obs.model.telemetry import Segment, Trace

Times = dict[str, float]


class Case(NamedTuple):
    """Parts as `name: parent start end`, and how long each path is at each of them."""

    parts: tuple[str, ...]
    answer: Times
    end: Times | None = None  # where it is another


ALONE = ("web: - 0 300",)
CASES = {
    "one part": Case(ALONE, {"web": 300}),
    "one call": Case((*ALONE, "get: web 30 180"), {"web": 150, "get": 150}),
    "a call that is all of it": Case((*ALONE, "get: web 0 300"), {"get": 300}),
    "a call in a call": Case((*ALONE, "get: web 30 180", "dns: get 60 90"), {"web": 150, "get": 120, "dns": 30}),
    "calls in a row": Case(
        (*ALONE, "a: web 30 90", "b: web 120 150", "c: web 180 270"), {"web": 120, "a": 60, "b": 30, "c": 90}
    ),
    "calls back to back": Case((*ALONE, "a: web 30 90", "b: web 90 270"), {"web": 60, "a": 60, "b": 180}),
    "of calls at once the one that returns last": Case(
        (*ALONE, "a: web 30 150", "b: web 60 180", "c: web 40 170"), {"web": 180, "b": 120}
    ),
    "the one before those at once": Case(
        (*ALONE, "first: web 30 60", "a: web 60 150", "b: web 90 180"), {"web": 180, "first": 30, "b": 90}
    ),
    "at once in a row with others at once": Case(
        (*ALONE, "a: web 30 90", "b: web 60 120", "c: web 130 210", "d: web 140 240"),
        {"web": 140, "b": 60, "d": 100},
    ),
    "a failed call in the middle": Case(
        (*ALONE, "a: web 30 90", "b!: web 90 150", "c: web 150 240"), {"web": 90, "a": 60, "b!": 60, "c": 90}
    ),
    "it overlaps by a tenth of a second": Case((*ALONE, "a: web 30 190", "b: web 90 270"), {"web": 120, "b": 180}),
    "it overlaps by a microsecond": Case(
        (*ALONE, "a: web 30 90.001", "b: web 90 270"), {"web": 60, "a": 60, "b": 180}
    ),
    "it overlaps by what a clock of milliseconds cuts off": Case(
        (*ALONE, "a: web 30 90.7", "b: web 90 270"), {"web": 60, "a": 60.7, "b": 179.3}
    ),
    "it overlaps by as much on clocks of microseconds": Case(
        (*ALONE, "a: web 30 90.74", "b: web 90.04 270.2"), {"web": 119.84, "b": 180.16}
    ),
    "work that goes on": Case(
        (*ALONE, "job: web 30 330", "step: job 120 150"), {"web": 300}, {"web": 30, "job": 270, "step": 30}
    ),
    "work that goes on, started by a call": Case(
        (*ALONE, "put: web 30 210", "job: put 60 360"), {"web": 120, "put": 180}, {"web": 30, "put": 30, "job": 300}
    ),
    "work that begins after the answer": Case(
        (*ALONE, "get: web 180 270", "job: web 330 480", "step: job 360 450"),
        {"web": 210, "get": 90},
        {"web": 210, "get": 90, "-": 30, "job": 60, "step": 90},
    ),
    "work that goes on beside a call": Case(
        (*ALONE, "job: web 30 330", "get: web 60 270"), {"web": 90, "get": 210}, {"web": 30, "job": 300}
    ),
    "a caller that gave up": Case(
        (*ALONE, "get!: web 30 150", "slow: get! 60 900"),
        {"web": 180, "get!": 30, "slow": 90},
        {"web": 30, "get!": 30, "slow": 840},
    ),
    "a caller that gave up while the answer came last": Case(
        (*ALONE, "get!: web 30 150", "slow: get! 60 290"), {"web": 180, "get!": 30, "slow": 90}
    ),
    "a call that a clock puts before its caller": Case(
        (*ALONE, "get: web 150 270", "dns: get 100 250"), {"web": 180, "get": 20, "dns": 100}
    ),
    "what was over before its caller began": Case(("web: - 100 300", "old: web 10 50"), {"web": 200}),
    "what began before its caller and goes on": Case(
        ("web: - 100 300", "job: web 50 350"), {"web": 200}, {"job": 250}
    ),
    "a part that takes no time": Case((*ALONE, "get: web 90 90"), {"web": 300}),
}  # fmt: skip


def grown(parts: tuple[str, ...]) -> TraceTree:
    """The tree of the parts."""
    made = []
    for part in parts:
        name, told = part.split(": ")
        parent, start, end = told.split()
        times = 1_700_000_000 + float(start) / 1000, 1_700_000_000 + float(end) / 1000
        made.append(Segment(name, name, *times, parent_id=parent.strip("-"), fault=name.endswith("!")))
    return tree(Trace("1-a", tuple(made)))


def spent(grown: TraceTree, path: CriticalPath) -> Times:
    """Milliseconds of each part on the path."""
    found: Times = {}
    for start, end, node, _ in path.slices:
        name = grown.nodes[node].name if node != -1 else "-"
        found[name] = found.get(name, 0.0) + (end - start) * 1000
    return {name: time for name, time in found.items() if time > 0.001}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_both_paths_have_the_values_that_were_worked_out_by_hand(case: Case) -> None:
    """And no part is on the path to the answer that took none of it, unless it takes no time at all."""
    was = grown(case.parts)
    to_end = critical_path(was)
    answer = answer_path(was, to_end)
    assert spent(was, answer) == pytest.approx(case.answer, abs=0.002)
    assert spent(was, to_end) == pytest.approx(case.end or case.answer, abs=0.002)
    on_path = {was.nodes[index].name for index in answer.nodes if was.ends[index] > was.starts[index]}
    assert on_path - {"web"} <= set(case.answer)
