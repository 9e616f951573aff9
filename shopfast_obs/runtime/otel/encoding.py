"""Spans as OTLP's protobuf message, in plain Python: the compiled protobuf package is another one for each processor
and version of Python, and takes longer to load than all of this road."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

REMOTE_IS_KNOWN, REMOTE = 0x100, 0x200  # flags of a span or link: whether its context came from elsewhere
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # protobuf's wire types
LONGEST_DETAIL = 1000  # characters of an attribute in a span that would be too large for a datagram


def requests(spans: Iterable[Any], resource: Mapping[str, Any], largest: int) -> Iterator[bytes]:
    """ExportTraceServiceRequests with the spans, none longer than `largest` bytes; a span that is too long alone comes
    with its attributes cut."""
    about = _field(1, _attributes(1, resource))
    room = largest - len(about) - 200  # for the scope, and the lengths of what encloses
    waiting: dict[Any, list[bytes]] = {}
    size = 0
    for span in spans:
        encoded = _field(2, _span(span))
        if len(encoded) > room:
            encoded = _field(2, _span(span, LONGEST_DETAIL))
        if len(encoded) > room:
            encoded = _field(2, _span(span, 0))
        if waiting and size + len(encoded) > room:
            yield _request(about, waiting)
            waiting, size = {}, 0
        scope = span.instrumentation_scope
        if scope not in waiting:
            size += 200
        waiting.setdefault(scope, []).append(encoded)
        size += len(encoded)
    if waiting:
        yield _request(about, waiting)


def _request(resource: bytes, scopes: Mapping[Any, Sequence[bytes]]) -> bytes:
    groups = (_field(2, _scope(scope) + b"".join(spans)) for scope, spans in scopes.items())
    return _field(1, resource + b"".join(groups))


def _scope(scope: Any) -> bytes:  # noqa: ANN401 - the SDK's InstrumentationScope
    if scope is None:
        return b""
    return _field(1, _text(1, scope.name) + _text(2, scope.version or ""))


def _span(span: Any, longest: int | None = None) -> bytes:  # noqa: ANN401 - a ReadableSpan, or a copy of one
    context, parent, status = span.context, span.parent, span.status
    parts = [
        _field(1, context.trace_id.to_bytes(16, "big")),
        _field(2, context.span_id.to_bytes(8, "big")),
        _text(3, _state(context)),
        _field(4, parent.span_id.to_bytes(8, "big")) if parent else b"",
        _text(5, span.name[:LONGEST_DETAIL]),
        _number(6, span.kind.value + 1),
        _fixed64(7, span.start_time),
        _fixed64(8, span.end_time),
        _attributes(9, span.attributes, longest),
        *(_field(11, _event(event, longest)) for event in span.events),
        *(_field(13, _link(link, longest)) for link in span.links),
        _field(
            15, _text(2, _cut(status.description or "", longest)) + _number(3, status.status_code.value), always=True
        ),
        _flags(16, parent),
    ]
    return b"".join(parts)


def _event(event: Any, longest: int | None) -> bytes:  # noqa: ANN401
    return _fixed64(1, event.timestamp) + _text(2, event.name) + _attributes(3, event.attributes, longest)


def _link(link: Any, longest: int | None) -> bytes:  # noqa: ANN401
    context = link.context
    ids = _field(1, context.trace_id.to_bytes(16, "big")) + _field(2, context.span_id.to_bytes(8, "big"))
    return ids + _attributes(4, link.attributes, longest) + _flags(6, context)


def _flags(number: int, context: Any) -> bytes:  # noqa: ANN401
    flags = REMOTE_IS_KNOWN | (REMOTE if context is not None and context.is_remote else 0)
    return _tag(number, FIXED32) + struct.pack("<I", flags)


def _state(context: Any) -> str:  # noqa: ANN401
    return ",".join(f"{key}={value}" for key, value in context.trace_state.items()) if context.trace_state else ""


def _attributes(number: int, given: Mapping[str, Any] | None, longest: int | None = None) -> bytes:
    found = given or {}
    if longest == 0:  # the span's shape matters more than what it says
        return b""
    return b"".join(
        _field(number, _text(1, key) + _field(2, _value(_cut(value, longest)), always=True))
        for key, value in found.items()
    )


def _cut(value: Any, longest: int | None) -> Any:  # noqa: ANN401
    if longest is None:
        return value
    if isinstance(value, str):
        return value[:longest]
    return [_cut(item, longest) for item in value[:20]] if isinstance(value, list | tuple) else value


def _value(value: Any) -> bytes:  # noqa: ANN401, PLR0911 - a case each; False and "" are said as well
    if isinstance(value, str):
        return _field(1, _bytes(value), always=True)
    if isinstance(value, bool):
        return _tag(2, VARINT) + _varint(value)
    if isinstance(value, int):
        return _tag(3, VARINT) + _varint(value)
    if isinstance(value, float):
        return _tag(4, FIXED64) + struct.pack("<d", value)
    if isinstance(value, Mapping):
        return _field(6, _attributes(1, value), always=True)
    if isinstance(value, bytes):
        return _field(7, value, always=True)
    if isinstance(value, Sequence):
        return _field(5, b"".join(_field(1, _value(item), always=True) for item in value), always=True)
    return b""


def _text(number: int, value: str) -> bytes:
    return _field(number, _bytes(value))


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "replace")  # half of a surrogate pair is in no UTF-8


def _field(number: int, content: bytes, *, always: bool = False) -> bytes:
    return _tag(number, BYTES) + _varint(len(content)) + content if content or always else b""


def _number(number: int, value: int) -> bytes:
    return _tag(number, VARINT) + _varint(value) if value else b""


def _fixed64(number: int, value: int | None) -> bytes:
    return _tag(number, FIXED64) + struct.pack("<Q", value or 0)


def _tag(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _varint(value: int) -> bytes:
    if 0 <= value < 128:
        return bytes((value,))
    value &= 0xFFFFFFFFFFFFFFFF  # a negative one is its complement of 64 bits
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)
