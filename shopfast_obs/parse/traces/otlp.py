"""OpenTelemetry spans to X-Ray's segments: OTLP's JSON in every spelling, the records of `aws/spans`, what the Python
SDK prints, and the exports of Tempo, Jaeger and Zipkin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopfast_obs.model.telemetry import Segment
from shopfast_obs.parse.traces import span_forms, span_segments, xray
from shopfast_obs.parse.traces.span_nesting import nested
from shopfast_obs.parse.traces.span_segments import FUNCTION, SPAN_NAME, serves, xray_id
from shopfast_obs.parse.traces.spans import Span, span

__all__ = ["is_otlp", "is_zipkin", "segments", "spans", "xray_id"]
is_zipkin = span_forms.is_zipkin


def is_otlp(value: Mapping[str, Any]) -> bool:
    """True for a document of spans, or for one span, of any of the forms."""
    return span_forms.form_of(value) is not None


def spans(value: Mapping[str, Any], unread: list[str]) -> Iterator[Span]:
    """The spans of a document; those that cannot be read are named in `unread`."""
    form = span_forms.form_of(value)
    for one, resource, scope in form(value) if form else ():
        read = span(one, resource, scope)
        if read is None:
            unread.append(str(one.get("name")))
        else:
            yield read


def segments(parts: Sequence[Segment | Span]) -> Iterator[Segment]:
    """The segments of one trace, of which X-Ray's SDKs may have sent some. The span of a Lambda handler is part of the
    function's own segment where Lambda sent that."""
    inner = nested(part for part in parts if isinstance(part, Span))
    made = iter([_segment(read) for read in inner.spans])
    whole = [next(made) if isinstance(part, Span) else _placed(part, inner.outer) for part in parts]
    functions = {place for segment in whole if segment.origin == FUNCTION for place in _inside(segment)}
    for part, segment in zip(parts, whole, strict=True):
        handles = isinstance(part, Span) and serves(part) and segment.parent_id in functions
        yield _handler(segment) if handles else segment


def _inside(function: Segment) -> Iterator[str]:
    """The ids of a function's segment and of its phases, which are the parents of what its handler does."""
    yield function.id
    yield from (phase.id for phase in function.subsegments if not phase.namespace)


def _placed(segment: Segment, outer: Mapping[str, str]) -> Segment:
    parent = outer.get(segment.parent_id)
    return segment._replace(parent_id=parent) if parent else segment


def _handler(segment: Segment) -> Segment:
    named = segment.metadata.get("default", {}).get(SPAN_NAME)
    return segment._replace(name=named or segment.name, origin="", resource_arn="", entry=False)


def _segment(read: Span) -> Segment:
    """The segment of a span. All its attributes can be asked for, because nobody has chosen some for an index."""
    made = xray.segment(span_segments.document(read))
    own = {key: value for key, value in read.attributes.items() if isinstance(value, str | int | float)}
    if read.kind in ("PRODUCER", "CONSUMER"):
        own["span.kind"] = read.kind.lower()  # as Jaeger and OpenTracing write it
    return made._replace(name=_database(read) or made.name, annotations=own)


def _database(read: Span) -> str:
    """What a database is called in a report, `mysql shop`; empty for any other call, and one whose peer has a name."""
    system = read.text(*span_segments.DATABASE)
    named = read.text("peer.service", "aws.remote.service")
    if not system or named or not span_segments.calls(read) or span_segments.is_aws(read):
        return ""
    return f"{system} {read.text(*span_segments.DATABASE_NAME)}".strip()
