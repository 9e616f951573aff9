"""The bytes say what OpenTelemetry's own encoder would say."""

import string
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from shopfast_obs.runtime.otel.encoding import requests

LARGEST = 45_000
TEXT = st.text(max_size=20)
VALUES = st.one_of(
    TEXT,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.lists(TEXT, max_size=3).map(tuple),
    st.lists(st.integers(-5, 5), max_size=3).map(tuple),
)
ATTRIBUTES = st.dictionaries(st.text(string.ascii_letters + ".", min_size=1, max_size=9), VALUES, max_size=4)
CONTEXTS = st.builds(
    SpanContext,
    st.integers(1, 2**128 - 1),
    st.integers(1, 2**64 - 1),
    st.booleans(),
    st.sampled_from([TraceFlags(0), TraceFlags(1)]),
    st.sampled_from([TraceState(), TraceState([("a", "b"), ("c", "d")])]),
)
TIMES = st.integers(1, 2**63)
SPANS = st.builds(
    ReadableSpan,
    name=TEXT,
    context=CONTEXTS,
    parent=st.none() | CONTEXTS,
    resource=st.just(Resource({"service.name": "orders", "faas.max_memory": 3})),
    attributes=ATTRIBUTES,
    events=st.lists(st.builds(Event, TEXT, ATTRIBUTES, TIMES), max_size=2),
    links=st.lists(st.builds(Link, CONTEXTS, ATTRIBUTES), max_size=2),
    kind=st.sampled_from(SpanKind),
    status=st.one_of(
        st.sampled_from([Status(), Status(StatusCode.OK)]), TEXT.map(lambda text: Status(StatusCode.ERROR, text))
    ),
    start_time=TIMES,
    end_time=TIMES,
    instrumentation_scope=st.sampled_from([InstrumentationScope("app", ""), InstrumentationScope("lib", "1.2")]),
)


def read(messages: list[bytes]) -> list[ExportTraceServiceRequest]:
    """As protobuf reads them."""
    return [ExportTraceServiceRequest.FromString(message) for message in messages]


@settings(max_examples=25, deadline=None)
@given(st.lists(SPANS, min_size=1, max_size=4))
def test_any_spans(spans: list[Any]) -> None:
    """Every field, as the well-kept encoder writes it."""
    (message,) = read(list(requests(spans, spans[0].resource.attributes, LARGEST)))
    assert message == encode_spans(spans)


def test_many_spans_are_sent_in_messages_of_a_datagram_s_size() -> None:
    """None is lost, and one that is too large alone comes without what makes it so."""
    made = [span(f"s{n}", {"text": "x" * 1000}) for n in range(200)]
    made.insert(50, span("large", {"text": "y" * 100_000}))
    made.insert(90, span("wide", {f"k{n}": "y" * 1000 for n in range(128)}))
    messages = list(requests(made, {"service.name": "orders"}, LARGEST))
    assert max(map(len, messages)) <= LARGEST
    found = [s for request in read(messages) for g in request.resource_spans[0].scope_spans for s in g.spans]
    assert [s.name for s in found] == [s.name for s in made]
    by_name = {s.name: s for s in found}
    assert by_name["large"].attributes[0].value.string_value == "y" * 1000
    assert not by_name["wide"].attributes


def span(name: str, attributes: dict[str, Any]) -> ReadableSpan:
    """A span that has ended."""
    context = SpanContext(1, 2, False, TraceFlags(1))
    return ReadableSpan(name, context, attributes=attributes, start_time=1, end_time=2)
