"""Profiles: folded stacks, and speedscope's file format (https://www.speedscope.app/file-format-schema.json)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shopfast_obs.analysis.sensitive import Masker
from shopfast_obs.analysis.traces.call_paths import CallPath
from shopfast_obs.analysis.traces.critical_path import answer_path, critical_path
from shopfast_obs.analysis.traces.tree import TraceTree, tree
from shopfast_obs.model.telemetry import Trace
from shopfast_obs.report.masking import masked
from shopfast_obs.report.profiles.frames import EXPORTER, micro, part_name, path_name, shown
from shopfast_obs.report.profiles.lanes import Lane, Lanes, lanes

SCHEMA = "https://www.speedscope.app/file-format-schema.json"


def folded(paths: Sequence[CallPath]) -> str:
    """A line for each call path: its frames, parted by semicolons, and the microseconds of its own that callers waited
    for it, secrets masked. flamegraph.pl, inferno and speedscope read it."""
    lines = []
    paths = masked(tuple(paths))
    for path, stack in _stacks(paths):
        value = micro(path.waited)
        if value > 0:
            lines.append(f"{';'.join(path_name(paths[place]).replace(';', ',') for place in stack)} {value}\n")
    return "".join(lines)


def speedscope(paths: Sequence[CallPath], title: str) -> dict[str, Any]:
    """Merged call paths as a document of speedscope: what callers waited for, and all work."""
    frames, paths = _Frames(), masked(tuple(paths))
    told = [(path, [frames.of(path_name(paths[place])) for place in stack]) for path, stack in _stacks(paths)]
    waited = _sampled("Waited for", ((stack, path.waited) for path, stack in told))
    worked = _sampled("All work, asynchronous too", ((stack, path.worked) for path, stack in told))
    return _document(title, frames, [waited, worked])


def trace_speedscope(trace: Trace) -> dict[str, Any]:
    """One trace as a document of speedscope: the path to its answer in the order of time, then all parts, a profile for
    each lane."""
    grown = tree(trace)
    frames = _Frames()
    profiles = []
    if grown.nodes:
        answer = answer_path(grown, critical_path(grown))
        path = [(_way(grown, part.node, frames), part.end - part.start) for part in answer.slices]
        profiles.append(_sampled("Waited for", path))
        found = lanes(grown)
        profiles += [_evented(grown, found, lane, frames) for lane in found.lanes]
    return _document(f"Trace {trace.id}", frames, profiles)


class _Frames:
    """Names of frames, each once; those of parts with their secrets masked."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self._masker = Masker()

    def of(self, name: str) -> int:
        return self.places.setdefault(name, len(self.places))

    def of_part(self, grown: TraceTree, index: int) -> int:
        return self.of(part_name(grown, index, self._masker))

    def shown(self, name: str) -> str:
        return shown(self._masker.text(name))


def _stacks(paths: Sequence[CallPath]) -> Iterator[tuple[CallPath, list[int]]]:
    """Every frame with the places of the frames from its entry point down to itself."""
    stack: list[int] = []
    for place, path in enumerate(paths):
        del stack[path.depth :]
        stack.append(place)
        yield path, stack


def _document(title: str, frames: _Frames, profiles: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "name": title,
        "exporter": EXPORTER,
        "shared": {"frames": [{"name": name} for name in frames.places]},
        "profiles": list(profiles),
    }


def _sampled(name: str, weighed: Iterable[tuple[list[int], float]]) -> dict[str, Any]:
    told = [(stack, weight) for stack, seconds in weighed if (weight := micro(seconds)) > 0]
    return {
        "type": "sampled",
        "name": name,
        "unit": "microseconds",
        "startValue": 0,
        "endValue": sum(weight for _, weight in told),
        "samples": [stack for stack, _ in told],
        "weights": [weight for _, weight in told],
    }


def _way(grown: TraceTree, index: int, frames: _Frames) -> list[int]:
    way = [] if index != -1 else [frames.of("(between)")]
    while index != -1:
        way.append(frames.of_part(grown, index))
        index = grown.parents[index]
    return way[::-1]


def _evented(grown: TraceTree, found: Lanes, lane: Lane, frames: _Frames) -> dict[str, Any]:
    """A profile of a lane: each part is opened and closed, inner ones first."""
    events: list[dict[str, Any]] = []
    opened: list[int] = []

    def close(until: float) -> None:
        while opened and found.ends[opened[-1]] <= until:
            index = opened.pop()
            events.append({"type": "C", "frame": frames.of_part(grown, index), "at": found.ends[index]})

    for index in lane.parts:
        close(found.begins[index])
        events.append({"type": "O", "frame": frames.of_part(grown, index), "at": found.begins[index]})
        opened.append(index)
    close(float("inf"))
    return {
        "type": "evented",
        "name": frames.shown(lane.name),
        "unit": "microseconds",
        "startValue": events[0]["at"],
        "endValue": events[-1]["at"],
        "events": events,
    }
