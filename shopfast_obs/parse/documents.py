"""Files of traces to model: BatchGetTraces answers, single traces, segment documents, one or many a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.parse import xray


@dataclass(frozen=True, slots=True)
class Read:
    """What a set of files held: the traces, and what could not be read, one sentence each."""

    traces: tuple[Trace, ...]
    problems: tuple[str, ...] = ()


def read(files: Iterable[tuple[str, bytes]]) -> Read:
    """The traces of (name, content) pairs, in order; loose segments of one trace are put together across files."""
    traces: list[Trace] = []
    problems: list[str] = []
    loose: dict[str, list[Segment]] = defaultdict(list)
    for name, content in files:
        found = False
        for value in _values(name, content, problems):
            found |= _take(value, name, traces, loose, problems)
        if not found:
            problems.append(f"{name}: no X-Ray trace or segment in it")
    traces.extend(Trace(trace_id, tuple(segments)) for trace_id, segments in loose.items())
    return Read(tuple(traces), tuple(problems))


def _values(name: str, content: bytes, problems: list[str]) -> list[Any]:
    """The JSON values of a file: one document, or one a line (the daemon's header lines are left out)."""
    try:
        return [orjson.loads(content)]
    except orjson.JSONDecodeError as problem:
        lines = content.splitlines()
        if len(lines) < 2:
            problems.append(f"{name}: not JSON ({problem})")
            return []
    values = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values.append(orjson.loads(line))
        except orjson.JSONDecodeError as problem:
            problems.append(f"{name}: line {number} is not JSON ({problem})")
            if len(problems) > 20 and not values:
                break
    return values


def _take(
    value: Any,  # noqa: ANN401 - anything may stand in a file
    name: str,
    traces: list[Trace],
    loose: dict[str, list[Segment]],
    problems: list[str],
) -> bool:
    """Put what the value holds where it belongs; False when it is nothing of X-Ray's."""
    found = False
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, list):
            pending.extend(reversed(current))
        elif not isinstance(current, Mapping):
            continue
        elif "Segments" in current:
            traces.append(xray.trace(current))
            found = True
        elif isinstance(current.get("Traces"), list):
            pending.extend(reversed(current["Traces"]))
            found = True
        elif "start_time" in current and ("trace_id" in current or "id" in current):
            found = True
            try:
                segment = xray.segment(current)
                loose[segment.trace_id].append(segment)
            except xray.MalformedDocumentError as problem:
                problems.append(f"{name}: a segment {problem.message}")
        elif "Document" in current:
            pending.append(_inner(current["Document"]))
    return found


def _inner(document: Any) -> Any:  # noqa: ANN401
    if not isinstance(document, (str, bytes)):
        return document
    try:
        return orjson.loads(document)
    except orjson.JSONDecodeError:
        return None
