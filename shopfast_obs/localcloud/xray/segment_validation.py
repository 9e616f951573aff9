"""Segment documents as X-Ray accepts them: what is checked before one is stored, and why one is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

Json = Any  # what JSON may hold
MAX_BYTES = 64 * 1024
MAX_DEPTH = (
    100  # X-Ray names no limit; deeper than anything that an SDK sends, shallower than what a serialiser refuses
)
TRACE_ID = re.compile(r"1-([0-9a-fA-F]{8})-[0-9a-fA-F]{24}\Z")
SEGMENT_ID = re.compile(r"[0-9a-fA-F]{16}\Z")
# Letters and numbers of any script, white space, and these signs (X-Ray developer guide, "segment documents").
NAME = re.compile(r"[\w\s.:/%&#=+\\\-@]{1,200}\Z")
FARTHEST = 32503680000  # the year 3000: a start in milliseconds is not taken for seconds
FORESEEN = 31 * 86400.0  # seconds between the time in a trace id and its segments; ids of OpenTelemetry have no time
MOST_LINKS = 20


class BadSegmentError(ValueError):
    """A document that X-Ray leaves unprocessed; code and message as in UnprocessedTraceSegments."""

    def __init__(self, code: str, segment_id: str = "", message: str = "") -> None:
        super().__init__(message or f"Invalid segment. ErrorCode: {code}")
        self.code = code
        self.segment_id = segment_id


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """One accepted document and what the store needs to know of it. `end` is None while the segment is in progress;
    `links` are (trace id, segment id) of what it is a consequence of."""

    trace_id: str
    id: str
    start: float
    end: float | None
    document: bytes
    links: tuple[tuple[str, str], ...] = ()
    is_span: bool = False  # of OpenTelemetry: the document is a record of aws/spans

    @property
    def epoch(self) -> int:
        """When the trace began, seconds: the time in its id, if that can be one."""
        named = int(self.trace_id[2:10], 16)
        return named if abs(named - self.start) < FORESEEN else int(self.start)


def accept(text: str | bytes) -> StoredSegment:
    """The segment that a document holds; raises BadSegmentError."""
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > MAX_BYTES:
        raise BadSegmentError("SegmentTooLarge")
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadSegmentError("ParseError") from None
    return accept_document(document, raw)


def accept_document(document: Json, raw: bytes | None = None) -> StoredSegment:
    """The segment that a decoded document is; raises BadSegmentError."""
    if not isinstance(document, Mapping):
        raise BadSegmentError("MissingId")  # as X-Ray answers to a list
    segment_id = document.get("id")
    if not isinstance(segment_id, str) or not SEGMENT_ID.match(segment_id):
        raise BadSegmentError("MissingId" if segment_id is None else "InvalidId")
    _check_names(document, segment_id)
    start = _seconds(document, "start_time", segment_id)
    if start is None:
        raise BadSegmentError("MissingStartTime", segment_id)
    end = _seconds(document, "end_time", segment_id)
    if end is None and document.get("in_progress") is not True:
        raise BadSegmentError("MissingEndTime", segment_id)
    if raw is None:
        raw = _encoded(document, segment_id)
    if not _parts_are_objects(document) or not _shallow(document, raw):
        raise BadSegmentError("ParseError", segment_id)
    links = tuple(_links(document["links"])) if "links" in document else ()
    return StoredSegment(str(document["trace_id"]).lower(), segment_id.lower(), start, end, raw, links)


def _check_names(document: Mapping[str, Any], segment_id: str) -> None:
    trace_id, name, parent = document.get("trace_id"), document.get("name"), document.get("parent_id")
    if not isinstance(trace_id, str) or not TRACE_ID.match(trace_id):
        raise BadSegmentError("MissingTraceId" if trace_id is None else "InvalidTraceId", segment_id)
    if not isinstance(name, str) or not NAME.match(name):
        kind = "subsegment" if document.get("type") == "subsegment" else "segment"
        code = "MissingName" if not name else "InvalidName"
        raise BadSegmentError(code, segment_id, f"Invalid {kind}. ErrorCode: {code}")
    if parent is not None and (not isinstance(parent, str) or not SEGMENT_ID.match(parent)):
        raise BadSegmentError("InvalidParentId", segment_id)
    if document.get("type") == "subsegment" and not parent:
        raise BadSegmentError("MissingParentId", segment_id)


def _seconds(document: Mapping[str, Any], key: str, segment_id: str) -> float | None:
    value = document.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < FARTHEST:
        raise BadSegmentError("InvalidTime", segment_id)
    return float(value)


def _links(value: Json) -> Iterator[tuple[str, str]]:
    """The traces that a document names as its parents."""
    entries = value[:MOST_LINKS] if isinstance(value, list) else []
    for entry in entries:
        trace_id, segment_id = (entry.get("trace_id"), entry.get("id")) if isinstance(entry, Mapping) else (None, None)
        if not isinstance(trace_id, str) or not isinstance(segment_id, str):
            continue
        if TRACE_ID.match(trace_id) and SEGMENT_ID.match(segment_id):
            yield trace_id.lower(), segment_id.lower()


def _parts_are_objects(document: Mapping[str, Any]) -> bool:
    """True when subsegments are objects in lists, all the way down."""
    stack = [document]
    while stack:
        inner = stack.pop().get("subsegments")
        if inner:
            if not isinstance(inner, list) or not all(isinstance(child, Mapping) for child in inner):
                return False
            stack.extend(inner)
    return True


def _shallow(document: Mapping[str, Any], raw: bytes) -> bool:
    """True when nothing is nested deeper than we keep. Few brackets cannot nest deeply, and that is quickly counted."""
    if raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH:
        return True
    level: list[Json] = [document]
    for _ in range(MAX_DEPTH):
        inner = (item for value in level for item in (value.values() if isinstance(value, Mapping) else value))
        level = [item for item in inner if isinstance(item, dict | list)]
        if not level:
            return True
    return False


def _encoded(document: Mapping[str, Any], segment_id: str) -> bytes:
    try:
        raw = orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError):
        raise BadSegmentError("ParseError", segment_id) from None
    if len(raw) > MAX_BYTES:
        raise BadSegmentError("SegmentTooLarge", segment_id)
    return raw
