"""Which log lines belong together: those that carry an id or a value, and the rest of the requests that they are of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import platform, powertools
from shopfast_obs.parse.logs.open_requests import OpenRequests


@record
class Wanted:
    """What to look for: any of these texts anywhere in a line, or a field of a structured line with this value."""

    texts: tuple[str, ...] = ()
    field: str = ""
    value: str = ""

    def matches(self, message: str) -> bool:
        """Whether a line carries it."""
        if any(text in message for text in self.texts):
            return True
        if not self.field or self.value not in message:
            return False
        found = at(powertools.record(message).fields, self.field)
        return found is not None and (found == self.value or str(found) == self.value)


@record
class Line:
    """One line with why it is here: `matched` carries what was looked for, `request` is that of the invocation that
    wrote it; a line that is neither matched nor of a matched request is context."""

    event: LogEvent
    request: str
    matched: bool
    belongs: bool


def related(events: Iterable[LogEvent], wanted: Wanted, context: int = 0) -> tuple[Line, ...]:
    """The lines that carry it, the other lines of their requests, and `context` lines of the same stream around each,
    in the order of time."""
    streams: dict[tuple[str, str], list[LogEvent]] = {}
    for event in events:
        streams.setdefault((event.group, event.stream), []).append(event)
    attributed = [_attributed(sorted(stream, key=lambda e: e.timestamp)) for stream in streams.values()]
    matches = [[wanted.matches(event.message) for event, _ in stream] for stream in attributed]
    requests = {
        request
        for stream, hits in zip(attributed, matches, strict=True)
        for (_, request), hit in zip(stream, hits, strict=True)
        if hit and request
    }
    found: list[Line] = []
    for stream, hits in zip(attributed, matches, strict=True):
        found += _chosen(stream, hits, requests, context)
    return tuple(sorted(found, key=lambda line: line.event.timestamp))


def by_request(events: Iterable[LogEvent]) -> dict[str, list[LogEvent]]:
    """The events by the request of the invocation that wrote them, and by every trace that they name."""
    streams: dict[tuple[str, str], list[LogEvent]] = {}
    for event in events:
        streams.setdefault((event.group, event.stream), []).append(event)
    found: dict[str, list[LogEvent]] = {}
    for stream in streams.values():
        for event, request in _attributed(sorted(stream, key=lambda e: e.timestamp)):
            for name in {request, platform.trace_id(event.message)} - {""}:
                found.setdefault(name, []).append(event)
    return found


def at(fields: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a field, by name or by a path such as `order.customer`; None when there is none."""
    if path in fields:
        return fields[path]
    value: Any = fields
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _attributed(stream: Sequence[LogEvent]) -> list[tuple[LogEvent, str]]:
    """Every event with the request that its execution environment served then."""
    served = OpenRequests()
    return [(event, served.take(event.message)) for event in stream]


def _chosen(
    stream: Sequence[tuple[LogEvent, str]], hits: Sequence[bool], requests: set[str], context: int
) -> list[Line]:
    belongs = [hit or request in requests for (_, request), hit in zip(stream, hits, strict=True)]
    near = {
        position
        for index, hit in enumerate(hits)
        if hit and context
        for position in range(max(0, index - context), min(len(stream), index + context + 1))
    }
    return [
        Line(event, request, hits[index], belongs[index])
        for index, (event, request) in enumerate(stream)
        if belongs[index] or index in near
    ]
