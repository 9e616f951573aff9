"""One execution of a durable function in a trace: recorded from the order of `tests/durable` on the local cloud, with
`refused`, by `BatchGetTraces`."""

import json
from pathlib import Path

from shopfast_obs.analysis.traces.critical_path import critical_path
from shopfast_obs.analysis.traces.durable_executions import SERVICE, joined
from shopfast_obs.analysis.traces.overview.service_map import MapBuilder
from shopfast_obs.analysis.traces.tree import FUNCTION, tree
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.parse.traces.xray import trace

RECORDED = Path(__file__).parents[2] / "recorded" / "durable" / "failed-execution.json"


def recorded() -> Trace:
    """Two waits, a step that is tried twice, and a failure at the end: four invocations."""
    return trace(json.loads(RECORDED.read_text()))


def test_its_invocations_are_below_one_segment_that_lasts_from_begin_to_end() -> None:
    """Not one call after the other; it failed, though Lambda calls each invocation a success."""
    raw = recorded()
    assert len([s for s in raw.segments if s.origin == SERVICE and s.name == "order"]) == 4
    grown = tree(raw)
    (whole,) = [node for node in grown.nodes if node.origin == SERVICE and node.name == "order"]
    functions = [index for index, node in enumerate(grown.nodes) if node.origin == FUNCTION]
    assert [grown.parents[index] for index in functions] == [0] * 4
    assert (grown.nodes[0], whole.fault, grown.warnings) == (whole, True, ())
    assert grown.ends[0] == max(node.end or 0 for node in raw.segments if node.origin == SERVICE)
    assert critical_path(grown).breakdown["orchestration"] > 2.0


def test_the_map_has_no_call_of_the_function_by_itself() -> None:
    """A resume is none."""
    edges = MapBuilder()
    edges.add(tree(recorded()))
    assert [edge for edge in edges.edges if edge[0] == edge[1]] == []


def test_other_traces_stay_as_they_are() -> None:
    """Also two calls of one function, which no execution has in common."""
    calls = tuple(
        part
        for number in (1, 2)
        for part in (
            Segment(f"s{number}", "web", 1.0, 2.0, origin=SERVICE),
            Segment(f"f{number}", "web", 1.1, 1.9, parent_id=f"s{number}", origin=FUNCTION),
        )
    )
    plain = Trace("1-0-0", calls)
    assert joined(plain) is plain
