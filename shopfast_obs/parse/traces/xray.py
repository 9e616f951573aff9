"""X-Ray documents to model, tolerant of everything that real ones contain. A part that cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import orjson
from msgspec.structs import astuple

from shopfast_obs.errors import UserError
from shopfast_obs.model.telemetry import Segment, Trace, TracedException
from shopfast_obs.parse.numbers import number as _number
from shopfast_obs.parse.traces import fast_segments
from shopfast_obs.parse.traces.fast_segments import UsualDocument

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
            segments.append(_usual(entry) or _segment(_document(entry), problems))
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
    if not isinstance(document, dict):
        raise MalformedDocumentError("is not a JSON object")
    inner = document.get("subsegments")
    if not inner:
        return _whole(document, ())
    # Without recursion, because documents nest as deep as they like: first every part, parents before what they hold,
    # then backwards, because an immutable parent needs its children first. `held` says where they stand.
    order: list[Mapping[str, Any]] = [document]
    held: list[tuple[int, int]] = []
    for current in order:
        first = len(order)
        inner = current.get("subsegments")
        if inner and isinstance(inner, list):
            order.extend([child for child in inner if isinstance(child, dict)])
        held.append((first, len(order)))
    built: list[tuple[Segment, ...]] = [()] * len(order)
    for number in range(len(order) - 1, 0, -1):
        first, last = held[number]
        children = tuple(chain.from_iterable(built[first:last])) if last > first else ()
        one = _one(order[number], children)
        # A part without a start is left out; what it holds moves up to its parent.
        built[number] = children if one is None else (one,)
        if one is None:
            problems.append(f"malformed: subsegment {_text(order[number].get('name'))!r} {_NO_START}")
    return _whole(document, tuple(chain.from_iterable(built[1 : held[0][1]])))


def _usual(entry: Any) -> Segment | None:  # noqa: ANN401 - anything may stand in a file
    """The segment of a document of the usual kind, None for any other: reading these by their types takes a third
    less, reading all others with patience names what is wrong with them."""
    text = entry.get("Document") if isinstance(entry, dict) else None
    part = fast_segments.read(text) if isinstance(text, str) else None
    try:
        return _of_usual(part) if part is not None else None
    except RecursionError:  # nested deeper than functions can be
        return None


def _of_usual(part: UsualDocument) -> Segment:
    fields = [*astuple(part)[:_EXCEPTIONS], (), "", (), part.precursors, (), False]
    if part.http:
        fields[_HTTP] = _http(part.http)
    if part.namespace:
        fields[_NAMESPACE] = _namespace(part.namespace)
    fields[_METADATA] = _mapping(orjson.loads(memoryview(part.metadata))) if part.metadata else _NOTHING
    if part.in_progress:
        fields[_END] = None
    if part.cause:
        fields[_EXCEPTIONS] = _exceptions(part.cause)
        fields[_CAUSE_ID] = part.cause if isinstance(part.cause, str) else ""
    if part.links:
        fields[_LINKS] = _links(part.links)
    if part.parent_id and part.trace_id:
        fields[_ENTRY] = part.type != "subsegment"
    if part.subsegments:
        fields[_SUBSEGMENTS] = tuple([_of_usual(inner) for inner in part.subsegments])
    return tuple.__new__(Segment, fields)


def _whole(document: Mapping[str, Any], children: tuple[Segment, ...]) -> Segment:
    one = _one(document, children)
    if one is None:
        raise MalformedDocumentError(_NO_START)
    return one


def _document(entry: Any) -> Mapping[str, Any]:  # noqa: ANN401 - anything may stand in a file
    text = entry.get("Document") if isinstance(entry, dict) else None
    if isinstance(text, dict):
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
    # By the keys that are there, not by those that could be: a part has a third of them, and parts come by the million.
    fields = _BLANK.copy()
    for key, value in document.items():
        known = _READERS.get(key)
        if known is not None:
            place, usual, read = known
            fields[place] = value if value.__class__ is usual else read(value)
    if fields[_START] is None:
        return None
    if document.get("in_progress") is True:
        fields[_END] = None
    cause = document.get("cause")
    if cause:
        fields[_EXCEPTIONS] = _exceptions(cause)
        fields[_CAUSE_ID] = cause if isinstance(cause, str) else ""
    fields[_SUBSEGMENTS] = children
    fields[_ENTRY] = bool(fields[_PARENT_ID] and fields[_TRACE_ID]) and document.get("type") != "subsegment"
    return tuple.__new__(Segment, fields)  # what _make does after counting them


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
    if not isinstance(value, dict):
        return _NOTHING
    http: Mapping[str, Any] = value
    response = http.get("response")
    if not isinstance(response, dict):
        return http
    if response.get("status").__class__ is str or response.get("content_length").__class__ is str:
        numbers = {key: _number(response.get(key)) for key in ("status", "content_length") if key in response}
        fixed = {key: int(number) for key, number in numbers.items() if number is not None}
        return {**http, "response": {**response, **fixed}}
    return http


def _links(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    if not isinstance(value, list):
        return ()
    return tuple(_text(entry.get("trace_id")) for entry in value if isinstance(entry, Mapping))


def _mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401
    return value if isinstance(value, dict) else _NOTHING


def _texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()


def _text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)


def _namespace(value: Any) -> str:  # noqa: ANN401
    """`aws` or `remote`: the SDK writes `local` for parts of a function, which call nobody."""
    return value if value in ("aws", "remote") else ""


def _true(value: Any) -> bool:  # noqa: ANN401
    return value is True


_FIELDS = Segment._fields
_USUAL: Mapping[Callable[[Any], Any], type] = {_text: str, _mapping: dict, _true: bool}
_START, _END, _SUBSEGMENTS = _FIELDS.index("start"), _FIELDS.index("end"), _FIELDS.index("subsegments")
_EXCEPTIONS, _CAUSE_ID, _LINKS = (_FIELDS.index(name) for name in ("exceptions", "cause_id", "links"))
_ENTRY, _PARENT_ID, _TRACE_ID = (_FIELDS.index(name) for name in ("entry", "parent_id", "trace_id"))
_HTTP, _NAMESPACE, _METADATA = (_FIELDS.index(name) for name in ("http", "namespace", "metadata"))
# Where a key of a document goes in a segment, the type that needs no look, and who reads any other.
_READERS: Mapping[str, tuple[int, type | None, Callable[[Any], Any]]] = {
    key: (_FIELDS.index(name), _USUAL.get(read), read)
    for key, name, read in (
        ("id", "id", _text),
        ("name", "name", _text),
        ("start_time", "start", _number),
        ("end_time", "end", _number),
        ("trace_id", "trace_id", _text),
        ("parent_id", "parent_id", _text),
        ("origin", "origin", _text),
        ("namespace", "namespace", _namespace),
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
}
_BLANK: list[Any] = list(Segment("", "", 0.0, None))
_BLANK[_START] = None
