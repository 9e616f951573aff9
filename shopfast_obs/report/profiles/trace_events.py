"""Traces as trace events in JSON, which Perfetto and Chrome's own viewer read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from shopfast_obs.analysis.sensitive import Masker
from shopfast_obs.analysis.traces.critical_path import answer_path, critical_path, own_categories
from shopfast_obs.analysis.traces.outcome import outcome
from shopfast_obs.analysis.traces.overview.overview import summarised
from shopfast_obs.analysis.traces.tree import TraceTree, tree
from shopfast_obs.model.telemetry import Trace
from shopfast_obs.report.profiles.frames import EXPORTER, part_name, shown
from shopfast_obs.report.profiles.lanes import lanes

MOST = 100_000  # parts of one file: about 25 MB, which Perfetto opens in seconds


def trace_events(traces: Iterable[Trace], most: int = MOST) -> dict[str, Any]:
    """A process for each trace, its services as tracks, and an arrow to what was started and not waited for. A trace
    that no longer fits is left out, and counted in `otherData.left_out`; secrets are masked."""
    events: list[dict[str, Any]] = []
    count = left_out = parts = 0
    masker = Masker()
    for trace in traces:
        grown = tree(trace)
        if parts + len(grown.nodes) > most:
            left_out += 1
        elif grown.nodes:
            count += 1
            parts += len(grown.nodes)
            events.extend(_events(grown, count, masker))
    zero = min((event["ts"] for event in events if "ts" in event), default=0)
    for event in events:
        if "ts" in event:
            event["ts"] -= zero
    told = {"exporter": EXPORTER, "traces": count, "left_out": left_out, "zero": _moment(zero)}
    return {"traceEvents": events, "displayTimeUnit": "ms", "otherData": told}


def _events(grown: TraceTree, number: int, masker: Masker) -> Iterator[dict[str, Any]]:
    """The events of one trace: names of tracks, parts, arrows."""
    zero = round(grown.start * 1e6)
    path = critical_path(grown)
    answer = answer_path(grown, path)
    name = shown(masker.text(f"{summarised(grown, path, answer).entry_point} {grown.trace.id}"))
    waited, categories = set(answer.nodes), own_categories(grown)
    yield {"ph": "M", "name": "process_name", "pid": number, "args": {"name": name}}
    found = lanes(grown)
    tracks: dict[int, int] = {}
    for track, lane in enumerate(found.lanes, 1):
        yield {
            "ph": "M",
            "name": "thread_name",
            "pid": number,
            "tid": track,
            "args": {"name": shown(masker.text(lane.name))},
        }
        for index in lane.parts:
            tracks[index] = track
            begin, length = found.begins[index], found.ends[index] - found.begins[index]
            # Viewers take a length of nothing for an event that never ends; a moment they know as such.
            shape = {"ph": "X", "dur": length} if length else {"ph": "i", "s": "t"}
            yield {
                **shape,
                "name": part_name(grown, index, masker),
                "cat": categories[index],
                "pid": number,
                "tid": track,
                "ts": zero + begin,
                "args": _arguments(grown, index, masker, waited=index in waited),
            }
    for index in sorted(grown.late):
        parent = grown.parents[index]
        if index in tracks and parent in tracks:
            begins = found.begins[index]
            sent = min(max(found.begins[parent], begins), found.ends[parent])
            arrow = {"name": "starts", "cat": "asynchronous", "id": f"{number}.{index}", "pid": number}
            yield {"ph": "s", **arrow, "tid": tracks[parent], "ts": zero + sent}
            yield {"ph": "f", "bp": "e", **arrow, "tid": tracks[index], "ts": zero + begins}


def _arguments(grown: TraceTree, index: int, masker: Masker, *, waited: bool) -> dict[str, Any]:
    node = grown.nodes[index]
    told: dict[str, Any] = {"outcome": outcome(node), "waited for": waited}
    if node.origin:
        told["type"] = shown(masker.text(node.origin))
    if node.exceptions:
        told["exception"] = shown(masker.text(f"{node.exceptions[0].type}: {node.exceptions[0].message}"))
    return told


def _moment(microseconds: int) -> str:
    try:
        return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat() if microseconds else ""
    except (ValueError, OverflowError, OSError):
        return ""
