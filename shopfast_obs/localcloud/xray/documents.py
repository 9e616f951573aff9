"""Segment documents as X-Ray accepts them: what is checked before one is stored, and why one is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
MAX_NAME = 200
FARTHEST = 32503680000  # the year 3000: a start in milliseconds is not taken for seconds


class BadSegmentError(ValueError):
    """A document that X-Ray leaves unprocessed; `code` as in UnprocessedTraceSegments."""

    def __init__(self, code: str, segment_id: str = "") -> None:
        super().__init__(f"Invalid segment. ErrorCode: {code}")
        self.code = code
        self.segment_id = segment_id


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """One accepted document and what the store needs to know of it. `end` is None while the segment is in progress."""

    trace_id: str
    id: str
    start: float
    end: float | None
    document: bytes

    @property
    def epoch(self) -> int:
        """The time in the trace id, seconds."""
        return int(self.trace_id[2:10], 16)


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
        raise BadSegmentError("ParseError")
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
    return StoredSegment(str(document["trace_id"]).lower(), segment_id.lower(), start, end, raw)


def _check_names(document: Mapping[str, Any], segment_id: str) -> None:
    trace_id, name, parent = document.get("trace_id"), document.get("name"), document.get("parent_id")
    if not isinstance(trace_id, str) or not TRACE_ID.match(trace_id):
        raise BadSegmentError("MissingTraceId" if trace_id is None else "InvalidTraceId", segment_id)
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
        raise BadSegmentError("MissingName" if not name else "InvalidName", segment_id)
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
