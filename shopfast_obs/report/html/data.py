"""What the page's scripts work on: traces and waterfalls in columns, names once each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from shopfast_obs.analysis.traces.critical_path import CATEGORIES
from shopfast_obs.analysis.traces.overview.overview import Overview
from shopfast_obs.analysis.traces.overview.summaries import TraceSummary
from shopfast_obs.analysis.traces.overview.timeline import Timeline, timelines
from shopfast_obs.analysis.traces.waterfall import Row, Waterfall
from shopfast_obs.model.telemetry import Segment
from shopfast_obs.report.json import document, escaped
from shopfast_obs.report.waterfall import chosen

OUTCOMES = ("ok", "error", "throttle", "fault")
ROWS = 20_000  # parts of one trace: what a browser still handles well
VALUE, FACTS, PATH = 300, 24, 200  # characters of a value, values of a part, names of a path


class Names:
    """Strings that are written once and then only counted."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def of(self, name: str) -> int:
        """The number of a name."""
        return self.places.setdefault(name, len(self.places))


def page_data(overview: Overview | None, falls: Iterable[Waterfall], errors: bool) -> dict[str, Any]:
    """The document for the scripts."""
    names = Names()
    summaries = overview.traces if overview else ()
    lines = timelines(summaries)
    paths: dict[tuple[str, ...], int] = {}
    traces = _traces(summaries, names, paths)
    waterfalls = {fall.summary.id: _waterfall(fall, names) for fall in falls}
    return {
        "traces": traces,
        "paths": list(paths),
        "waterfalls": waterfalls,
        "timelines": document(lines),
        "everything": document(_everything(summaries)),
        "deployments": [[one.time, one.what[:VALUE]] for one in overview.deployments] if overview else [],
        "map": _map(overview) if overview else {"nodes": [], "edges": []},
        "categories": CATEGORIES,
        "names": list(names.places),
        "errors": errors,
    }


def trace_data(fall: Waterfall) -> dict[str, Any]:
    """The document of one trace alone, which a page receives later."""
    names, paths = Names(), dict[tuple[str, ...], int]()
    traces = _traces([fall.summary], names, paths)
    waterfalls = {fall.summary.id: _waterfall(fall, names)}
    found = {"traces": traces, "paths": list(paths), "waterfalls": waterfalls}
    return {**found, "categories": CATEGORIES, "names": list(names.places)}


def embedded(data: Mapping[str, Any]) -> str:
    """The document as the text of a script element, which nothing in it can end."""
    text = escaped(orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS).decode())
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _traces(summaries: Sequence[TraceSummary], names: Names, paths: dict[tuple[str, ...], int]) -> dict[str, Any]:
    begin = min((summary.start for summary in summaries), default=0.0)
    return {
        "begin": begin,
        "id": [summary.id for summary in summaries],
        "start": [round((summary.start - begin) * 1e3) for summary in summaries],  # milliseconds after the first
        "duration": [round(summary.duration, 6) for summary in summaries],
        "response": [round(summary.response, 6) for summary in summaries],
        "entry": [names.of(summary.entry_point[:VALUE]) for summary in summaries],
        "outcome": [OUTCOMES.index(summary.outcome) for summary in summaries],
        "cold": [summary.cold_starts for summary in summaries],
        "parts": [summary.parts for summary in summaries],
        "path": [paths.setdefault(_path(s), len(paths)) for s in summaries],
        "warnings": {n: [warning[:VALUE] for warning in s.warnings] for n, s in enumerate(summaries) if s.warnings},
    }


def _path(summary: TraceSummary) -> tuple[str, ...]:
    """What the search finds: each name of the critical path once, as far as it matters."""
    return tuple(name[:VALUE] for name in tuple(dict.fromkeys(summary.critical_path))[:PATH])


def _map(overview: Overview) -> dict[str, Any]:
    found: dict[str, Any] = document(overview.service_map)
    for node in found["nodes"]:
        node["name"] = node["name"][:VALUE]
    for edge in found["edges"]:
        edge["source"], edge["target"] = edge["source"][:VALUE], edge["target"][:VALUE]
    return found


def _everything(summaries: Sequence[TraceSummary]) -> Timeline | None:
    """One timeline over all entry points."""

    class Together:
        def __init__(self, summary: TraceSummary) -> None:
            self.start, self.response, self.outcome = summary.start, summary.response, summary.outcome
            self.entry_point = "all"

    return next(iter(timelines([Together(summary) for summary in summaries if summary.entry_point])), None)


def _waterfall(fall: Waterfall, names: Names) -> dict[str, Any]:
    rows = chosen(fall, ROWS)
    start = fall.summary.start
    return {
        "depth": [row.depth for row in rows],
        "name": [names.of(row.name[:VALUE]) for row in rows],
        "kind": [names.of(row.kind) for row in rows],
        "category": [CATEGORIES.index(row.category) for row in rows],
        "offset": [_micro(row.offset) for row in rows],
        "duration": [_micro(row.duration) for row in rows],
        "own": [_micro(row.own) for row in rows],
        "path": [-1 if row.on_path is None else _micro(row.on_path) for row in rows],
        "outcome": [OUTCOMES.index(row.outcome) for row in rows],
        "notes": {number: row.notes for number, row in enumerate(rows) if row.notes},
        "facts": {number: facts for number, row in enumerate(rows) if (facts := _facts(row))},
        "logs": {n: [[e.timestamp - start, e.message] for e in row.logs] for n, row in enumerate(rows) if row.logs},
        "breakdown": {name: value for name, value in fall.summary.breakdown.items() if value > 0},
        "left_out": len(fall.rows) - len(rows),
        "links": [link[:VALUE] for link in fall.links],
        "rest": [[event.timestamp, event.message] for event in fall.logs],
    }


def _micro(seconds: float) -> int:
    return round(max(-1e9, min(1e9, seconds)) * 1e6)


def _facts(row: Row) -> list[tuple[str, str]]:
    """What the part says of itself, flat and short."""
    found: list[tuple[str, str]] = []
    segment = row.segment
    for title, value in _said(segment):
        _flatten(title, value, found)
    frames = [f"{path}:{line} {label}" for error in segment.exceptions for path, line, label in error.stack[:8]]
    if frames:
        found.append(("stack", "\n".join(frames)[: VALUE * 4]))
    return found[:FACTS]


def _said(segment: Segment) -> Iterable[tuple[str, Any]]:
    if segment.resource_arn:
        yield "arn", segment.resource_arn
    if segment.user:
        yield "user", segment.user
    yield "", segment.annotations
    yield "http", segment.http
    yield "aws", segment.aws
    yield "metadata", segment.metadata


def _flatten(title: str, value: Any, found: list[tuple[str, str]]) -> None:  # noqa: ANN401 - any JSON value
    pending = [(title, value)]
    while pending and len(found) < FACTS:
        name, inner = pending.pop()
        if isinstance(inner, Mapping):
            pending.extend((f"{name}.{key}" if name else str(key), inner[key]) for key in reversed(list(inner)))
        elif inner not in (None, "", []):
            text = inner if isinstance(inner, str) else orjson.dumps(inner, default=str).decode()
            found.append((name, text[:VALUE]))
