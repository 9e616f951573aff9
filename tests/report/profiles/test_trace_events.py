"""Trace events as Perfetto reads them: on each track they nest, and nothing lies before the file's zero."""

from collections import defaultdict
from typing import Any

import orjson

from shopfast_obs.analysis.traces.tree import tree
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.report.profiles.lanes import LOOKED_AT, lanes
from shopfast_obs.report.profiles.trace_events import trace_events
from shopfast_obs.testing import answered_early, function_trace
from tests.report.profiles.samples import every, fan_out


def nested(document: dict[str, Any]) -> None:
    """Fail where two events of a track overlap without one lying in the other: Perfetto drops such."""
    tracks = defaultdict(list)
    for event in document["traceEvents"]:
        if event["ph"] == "X":
            tracks[event["pid"], event["tid"]].append(event)
    for events in tracks.values():
        ends: list[int] = []
        for event in events:
            while ends and ends[-1] <= event["ts"]:
                ends.pop()
            assert not ends or event["ts"] + event["dur"] <= ends[-1], event
            ends.append(event["ts"] + event["dur"])


def test_each_trace_is_a_process_and_each_service_has_tracks() -> None:
    """Names by metadata events, parts as complete events with a length and a moment as an instant."""
    document = trace_events(every())
    nested(document)
    events = document["traceEvents"]
    assert [event["args"]["name"] for event in events if event["name"] == "process_name"] == [
        "web 1-5e34a614-10bd1234f1fb44f07bc535a1",
        "api 1-a",
    ]
    assert [e["args"]["name"] for e in events if e["name"] == "thread_name" and e["pid"] == 1] == ["web", "web", "web"]
    parts = {event["name"]: event for event in events if event["ph"] in "Xi"}
    assert parts["one"]["dur"] == 400_000
    assert parts["moment"]["ph"] == "i"
    assert parts["three; or 3"]["args"] == {"outcome": "fault", "waited for": True, "exception": "Odd: <b>"}
    assert parts["one"]["args"]["waited for"] is False
    assert document["otherData"]["left_out"] == 0


def test_an_arrow_leads_to_what_nobody_waited_for() -> None:
    """From the part that started it, to its beginning."""
    events = trace_events([answered_early()])["traceEvents"]
    start, finish = (event for event in events if event["ph"] in "sf")
    assert start["id"] == finish["id"]
    assert (start["ts"], finish["ts"]) == (1_000_000, 2_000_000)
    assert finish["bp"] == "e"


def test_times_begin_at_the_first_part_of_all_traces() -> None:
    """Whatever the order, none is negative, and none loses its microseconds."""
    late = function_trace("1-b", 1_700_000_000.123456, init=0.5)
    early = function_trace("1-a", 1_600_000_000.0)
    document = trace_events([late, early])
    stamps = [event["ts"] for event in document["traceEvents"] if "ts" in event]
    assert min(stamps) == 0
    assert max(stamps) > 100_000_000_000_000
    assert document["otherData"]["zero"] == "2020-09-13T12:26:40+00:00"
    assert orjson.loads(orjson.dumps(document)) == document


def test_a_file_is_bounded_and_says_what_it_left_out() -> None:
    """Traces that no longer fit are counted; one that fits after them is taken."""
    document = trace_events([fan_out(), function_trace("1-a", 0.0), fan_out()], most=10)
    assert (document["otherData"]["traces"], document["otherData"]["left_out"]) == (2, 1)


def test_very_many_calls_at_once_take_a_lane_each() -> None:
    """More than are looked at: each of them is there, and still they nest."""
    calls = tuple(Segment(f"c{n}", "call", n / 1000, 1 + n / 1000) for n in range(3 * LOOKED_AT))
    trace = Trace("1-a", (Segment("r", "web", 0.0, 2.0, subsegments=calls),))
    found = lanes(tree(trace))
    assert sum(len(lane.parts) for lane in found.lanes) == 1 + len(calls)
    nested(trace_events([trace]))
