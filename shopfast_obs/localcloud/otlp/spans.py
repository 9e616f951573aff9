"""OTLP's requests to the records of the log group aws/spans, which is also how the store keeps spans: X-Ray's segments
are made of them when somebody asks."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from shopfast_obs.localcloud.xray.segment_validation import BadSegmentError, StoredSegment
from shopfast_obs.parse.traces.span_segments import xray_id

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.proto.common.v1.common_pb2 import AnyValue
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

Record = dict[str, Any]
MARKS = (b"T1S", b"T1U")  # what ADOT writes before the spans of sampled traces, and of those that are not
KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
STATES = ("UNSET", "OK", "ERROR")


def is_spans(payload: bytes) -> bool:
    """True for what ADOT sends to the daemon behind its header line."""
    return payload.startswith(MARKS)


def from_datagram(payload: bytes) -> list[StoredSegment]:
    """The spans of one datagram: none of an unsampled trace; raises BadSegmentError for one that cannot be read."""
    from google.protobuf.message import DecodeError

    try:
        request = _decoded(base64.b64decode(payload[3:], validate=True))
    except (binascii.Error, DecodeError, ValueError):
        raise BadSegmentError("ParseError") from None
    return list(stored(request)) if payload.startswith(MARKS[0]) else []


def _decoded(body: bytes) -> ExportTraceServiceRequest:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    request = ExportTraceServiceRequest()
    request.ParseFromString(body)
    return request


def stored(request: ExportTraceServiceRequest) -> Iterator[StoredSegment]:
    """Every span as the store keeps it; a span without ids or a start is left out."""
    for group in request.resource_spans:
        resource = orjson.Fragment(orjson.dumps({"attributes": attributes(group.resource.attributes)}))
        for inner in group.scope_spans:
            scope = orjson.Fragment(orjson.dumps({"name": inner.scope.name, "version": inner.scope.version}))
            for span in inner.spans:
                if len(span.trace_id) == 16 and len(span.span_id) == 8 and span.start_time_unix_nano:
                    yield _stored(span, resource, scope)


def _stored(span: Span, resource: orjson.Fragment, scope: orjson.Fragment) -> StoredSegment:
    start, end = span.start_time_unix_nano, span.end_time_unix_nano
    trace_id, span_id = span.trace_id.hex(), span.span_id.hex()
    record: Record = {
        "resource": resource,
        "scope": scope,
        "traceId": trace_id,
        "spanId": span_id,
        "parentSpanId": span.parent_span_id.hex(),
        "flags": span.flags,
        "name": span.name,
        "kind": KINDS[span.kind] if 0 <= span.kind < len(KINDS) else "UNSPECIFIED",
        "startTimeUnixNano": start,
        "endTimeUnixNano": end,
        "durationNano": max(0, end - start),
        "attributes": attributes(span.attributes),
        "status": _status(span),
    }
    if span.events:
        record["events"] = [
            {"timeUnixNano": event.time_unix_nano, "name": event.name, "attributes": attributes(event.attributes)}
            for event in span.events
        ]
    if span.links:
        record["links"] = [
            {"traceId": link.trace_id.hex(), "spanId": link.span_id.hex(), "attributes": attributes(link.attributes)}
            for link in span.links
        ]
    links = tuple((xray_id(link.trace_id.hex()), link.span_id.hex()) for link in span.links)
    content = orjson.dumps(record, option=orjson.OPT_NON_STR_KEYS)
    return StoredSegment(xray_id(trace_id), span_id, start / 1e9, end / 1e9 if end else None, content, links, True)


def _status(span: Span) -> Record:
    code = span.status.code
    said: Record = {"code": STATES[code] if 0 <= code < len(STATES) else "UNSET"}
    return said | ({"message": span.status.message} if span.status.message else {})


def attributes(listed: Any) -> Record:  # noqa: ANN401 - protobuf's container has no type of its own
    """OTLP's list of typed values as a mapping."""
    return {entry.key: plain(entry.value) for entry in listed}


def plain(value: AnyValue) -> Any:  # noqa: ANN401 - what JSON may hold
    """One typed value as JSON has it."""
    kind = value.WhichOneof("value")
    return None if kind is None else _READERS[kind](value)


_READERS: Mapping[str, Callable[[AnyValue], Any]] = {
    "string_value": lambda value: value.string_value,
    "bool_value": lambda value: value.bool_value,
    "int_value": lambda value: value.int_value,
    "double_value": lambda value: value.double_value,
    "bytes_value": lambda value: base64.b64encode(value.bytes_value).decode(),
    "array_value": lambda value: [plain(entry) for entry in value.array_value.values],
    "kvlist_value": lambda value: attributes(value.kvlist_value.values),
}
