"""OpenTelemetry spans to X-Ray's segments: OTLP's JSON in every spelling, the records of `aws/spans`, what the Python
SDK prints, and the exports of Tempo, Jaeger and Zipkin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopfast_obs.model.telemetry import Segment
from shopfast_obs.parse.traces import span_forms, span_segments, xray
from shopfast_obs.parse.traces.span_segments import xray_id
from shopfast_obs.parse.traces.spans import Span, span

__all__ = ["handler", "is_otlp", "is_zipkin", "segments", "xray_id"]
is_zipkin = span_forms.is_zipkin


def is_otlp(value: Mapping[str, Any]) -> bool:
    """True for a document of spans, or for one span, of any of the forms."""
    return span_forms.form_of(value) is not None


def segments(value: Mapping[str, Any], unread: list[str]) -> Iterator[Segment]:
    """A segment for every span; spans that cannot be read are named in `unread`."""
    form = span_forms.form_of(value)
    for one, resource, scope in form(value) if form else ():
        read = span(one, resource, scope)
        if read is None:
            unread.append(str(one.get("name")))
        else:
            yield _segment(read)


def handler(segment: Segment) -> Segment:
    """The span of a Lambda handler as a part of the function's own segment, where Lambda sent that too."""
    named = segment.metadata.get("default", {}).get(span_segments.SPAN_NAME)
    return segment._replace(name=named or segment.name, origin="", resource_arn="", entry=False)


def _segment(read: Span) -> Segment:
    """The segment of a span. All its attributes can be asked for, because nobody has chosen some for an index."""
    made = xray.segment(span_segments.document(read))
    own = {key: value for key, value in read.attributes.items() if isinstance(value, str | int | float)}
    return made._replace(name=_database(read) or made.name, annotations=own)


def _database(read: Span) -> str:
    """What a database is called in a report, `mysql shop`; empty for any other call, and one whose peer has a name."""
    system = read.text(*span_segments.DATABASE)
    named = read.text("peer.service", "aws.remote.service")
    if not system or named or not span_segments.calls(read) or span_segments.is_aws(read):
        return ""
    return f"{system} {read.text(*span_segments.DATABASE_NAME)}".strip()
