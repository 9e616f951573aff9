"""X-Ray documents to model, tolerant of everything that real ones contain. A part that cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from shopfast_obs.errors import UserError
from shopfast_obs.model.telemetry import Segment, Trace, TracedException

_NOTHING: Mapping[str, Any] = {}
_NO_START = "has no start_time that is a number"


class MalformedDocumentError(UserError):
    """A document is no X-Ray segment; the message says why."""


def trace(item: Mapping[str, Any]) -> Trace:
    """The trace of one entry of BatchGetTraces' `Traces`; what cannot be read of it is named in `problems`."""
    segments: list[Segment] = []
    problems: list[str] = []
    documents = item.get("Segments")
    if not isinstance(documents, list):
        documents = []
        problems.append("malformed: the trace has no list of segments")
    for number, entry in enumerate(documents, 1):
        try:
            segments.append(_segment(_document(entry), problems))
        except MalformedDocumentError as problem:
            problems.append(f"malformed: segment {number} of {len(documents)} {problem.message}")
    trace_id = item.get("Id") or next((s.trace_id for s in segments if s.trace_id), "")
    return Trace(
        id=str(trace_id),
        segments=tuple(segments),
        duration=_number(item.get("Duration")),
        limit_exceeded=item.get("LimitExceeded") is True,
        problems=tuple(problems),
    )


def segment(document: Mapping[str, Any]) -> Segment:
    """The segment with its embedded subsegments; raises MalformedDocumentError when it has no usable start."""
    return _segment(document, [])


def _segment(document: Any, problems: list[str]) -> Segment:  # noqa: ANN401 - anything may stand in a file
    if not isinstance(document, Mapping):
        raise MalformedDocumentError("is not a JSON object")
    if not document.get("subsegments"):
        alone = _one(document, ())
        if alone is None:
            raise MalformedDocumentError(_NO_START)
        return alone
    # Postorder without recursion: a frozen parent needs its children first, and documents nest as deep as they like.
    order, pending = [], [document]
    while pending:
        current = pending.pop()
        order.append(current)
        inner = current.get("subsegments")
        if inner and isinstance(inner, list):
            pending.extend([child for child in reversed(inner) if isinstance(child, Mapping)])
    built: dict[int, tuple[Segment, ...]] = {}
    for current in reversed(order):
        inner = current.get("subsegments")
        children: tuple[Segment, ...] = ()
        if inner and isinstance(inner, list):
            children = tuple([part for child in inner for part in built.pop(id(child), ())])
        one = _one(current, children)
        if one is None and current is not document:
            problems.append(f"malformed: subsegment {_text(current.get('name'))!r} has no start_time that is a number")
        # A part without a start is left out; what it holds moves up to its parent.
        built[id(current)] = children if one is None else (one,)
    if _number(document.get("start_time")) is None:
        raise MalformedDocumentError(_NO_START)
    return built[id(document)][0]


def _document(entry: Any) -> Mapping[str, Any]:  # noqa: ANN401 - anything may stand in a file
    text = entry.get("Document") if isinstance(entry, Mapping) else None
    if isinstance(text, Mapping):
        return text
    if not isinstance(text, (str, bytes)):
        raise MalformedDocumentError("has no Document")
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise MalformedDocumentError(f"is not JSON ({problem})") from None
    if not isinstance(document, dict):
        raise MalformedDocumentError("is not a JSON object")
    return document


def _one(document: Mapping[str, Any], children: tuple[Segment, ...]) -> Segment | None:
    get = document.get
    start = _number(get("start_time"))
    if start is None:
        return None
    known = {name: read(document[key]) for key, name, read in _OPTIONAL if key in document}
    cause = get("cause")
    if cause:
        known["exceptions"] = _exceptions(cause)
        known["cause_id"] = cause if isinstance(cause, str) else ""
    return Segment(
        _text(get("id")),
        _text(get("name")),
        start,
        None if get("in_progress") is True else _number(get("end_time")),
        subsegments=children,
        **known,
    )


def _exceptions(cause: Any) -> tuple[TracedException, ...]:  # noqa: ANN401
    """The exceptions of a cause; one made of its message where it has no list."""
    if not isinstance(cause, Mapping):
        return ()
    listed = cause.get("exceptions")
    if isinstance(listed, list) and listed:
        return tuple(_exception(entry) for entry in listed if isinstance(entry, Mapping))
    message = _text(cause.get("message"))
    return (TracedException(message=message),) if message else ()


def _exception(entry: Mapping[str, Any]) -> TracedException:
    stack = entry.get("stack")
    frames = [frame for frame in stack if isinstance(frame, Mapping)] if isinstance(stack, list) else []
    return TracedException(
        type=_text(entry.get("type")),
        message=_text(entry.get("message")),
        id=_text(entry.get("id")),
        remote=entry.get("remote") is True,
        cause=_text(entry.get("cause")),
        stack=tuple((_text(f.get("path")), int(_number(f.get("line")) or 0), _text(f.get("label"))) for f in frames),
    )


def _http(value: Any) -> Mapping[str, Any]:  # noqa: ANN401
    """`http` with `response.status` and `response.content_length` as numbers: some services send strings."""
    http = _mapping(value)
    response = http.get("response")
    if not isinstance(response, Mapping):
        return http
    if any(isinstance(response.get(key), str) for key in ("status", "content_length")):
        numbers = {key: _number(response.get(key)) for key in ("status", "content_length") if key in response}
        fixed = {key: int(number) for key, number in numbers.items() if number is not None}
        return {**http, "response": {**response, **fixed}}
    return http


def _links(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    entries = value if isinstance(value, list) else []
    return tuple(_text(entry.get("trace_id")) for entry in entries if isinstance(entry, Mapping))


def _mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401
    return value if isinstance(value, dict) else _NOTHING


def _texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()


def _text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)


def _number(value: Any) -> float | None:  # noqa: ANN401
    if value.__class__ is float:
        return value if -1e18 < value < 1e18 else None  # neither NaN nor infinite
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if -1e18 < number < 1e18 else None


def _true(value: Any) -> bool:  # noqa: ANN401
    return value is True


# What a document may leave out, and mostly does: (key, field, reader).
_OPTIONAL: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("trace_id", "trace_id", _text),
    ("parent_id", "parent_id", _text),
    ("origin", "origin", _text),
    ("namespace", "namespace", _text),
    ("resource_arn", "resource_arn", _text),
    ("inferred", "inferred", _true),
    ("fault", "fault", _true),
    ("error", "error", _true),
    ("throttle", "throttle", _true),
    ("annotations", "annotations", _mapping),
    ("metadata", "metadata", _mapping),
    ("http", "http", _http),
    ("aws", "aws", _mapping),
    ("user", "user", _text),
    ("links", "links", _links),
    ("precursor_ids", "precursors", _texts),
)
