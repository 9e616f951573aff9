"""Which log lines belong together: those that carry an id or a value, and the rest of the requests that they are of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple

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
    in the order of time; those of one moment as they came."""
    attributed = _by_stream(events)
    matches = [[wanted.matches(one.event.message) for one in stream] for stream in attributed]
    requests = {one.request for one in _hits(attributed, matches)} - {""}
    found: list[tuple[int, Line]] = []
    for stream, hits in zip(attributed, matches, strict=True):
        found += _chosen(stream, hits, requests, context)
    found.sort(key=lambda one: (one[1].event.timestamp, one[0]))
    return tuple(line for _, line in found)


def requests_of(events: Iterable[LogEvent], wanted: Wanted) -> frozenset[str]:
    """The requests that have a line which carries it."""
    attributed = _by_stream(events)
    matches = [[wanted.matches(one.event.message) for one in stream] for stream in attributed]
    return frozenset(one.request for one in _hits(attributed, matches)) - {""}


def by_request(events: Iterable[LogEvent]) -> dict[str, list[LogEvent]]:
    """The events by the request of the invocation that wrote them, and by every trace that they name."""
    found: dict[str, list[LogEvent]] = {}
    for stream in _by_stream(events):
        for one in stream:
            for name in {one.request, platform.trace_id(one.event.message)} - {""}:
                found.setdefault(name, []).append(one.event)
    return found


def at(fields: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a field, by name or by a path such as `order.customer`; None when there is none."""
    if path in fields:
        return fields[path]
    value: Any = fields
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


class _Attributed(NamedTuple):
    """An event, the how manieth it came, and the request that its execution environment served then."""

    number: int
    event: LogEvent
    request: str


def _by_stream(events: Iterable[LogEvent]) -> list[list[_Attributed]]:
    streams: dict[tuple[str, str], list[tuple[int, LogEvent]]] = {}
    for number, event in enumerate(events):
        streams.setdefault((event.group, event.stream), []).append((number, event))
    return [_attributed(stream) for stream in streams.values()]


def _attributed(stream: list[tuple[int, LogEvent]]) -> list[_Attributed]:
    served = OpenRequests()
    stream.sort(key=lambda one: one[1].timestamp)
    return [_Attributed(number, event, served.take(event.message)) for number, event in stream]


def _hits(attributed: list[list[_Attributed]], matches: list[list[bool]]) -> Iterator[_Attributed]:
    for stream, hits in zip(attributed, matches, strict=True):
        yield from compress(stream, hits)


def _chosen(
    stream: Sequence[_Attributed], hits: Sequence[bool], requests: set[str], context: int
) -> list[tuple[int, Line]]:
    belongs = [hit or one.request in requests for one, hit in zip(stream, hits, strict=True)]
    near = {
        position
        for index, hit in enumerate(hits)
        if hit and context
        for position in range(max(0, index - context), min(len(stream), index + context + 1))
    }
    return [
        (one.number, Line(one.event, one.request, hits[index], belongs[index]))
        for index, one in enumerate(stream)
        if belongs[index] or index in near
    ]
