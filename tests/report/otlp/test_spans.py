"""Traces as OTLP: what its authors' messages read of it, and what comes back."""

from __future__ import annotations

import json
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from shopfast_obs.model.telemetry import Segment, Trace, TracedException
from shopfast_obs.parse.traces import otlp
from shopfast_obs.report.otlp.spans import span_lines
from tests.report.otlp.wire import read

ID = "1-5e34a614-10bd1234f1fb44f07bc535a1"
FAILED = TracedException("ValueError", "no stock", stack=(("app.py", 7, "reserve"), ("app.py", 30, "handler")))
CALL = Segment(
    "00000000000000b2", "DynamoDB", 1_700_000_000.25, 1_700_000_000.5, namespace="aws", fault=True,
    aws={"operation": "Query", "table_name": "orders", "region": "eu-west-1", "request_id": "R1"},
    http={"response": {"status": 500}}, exceptions=(FAILED,),
)  # fmt: skip
OWN = Segment(
    "00000000000000b1",
    "reserve",
    1_700_000_000.125,
    None,
    error=True,
    throttle=True,
    subsegments=(CALL,),
    annotations={"tries": 2},
)
WEB = Segment(
    "00000000000000a1", "web", 1_700_000_000.0, 1_700_000_001.0, ID, "00000000000000a0", origin="AWS::Lambda::Function",
    resource_arn="arn:aws:lambda:eu-west-1:123456789012:function:web", error=True, user="ann",
    http={"request": {"method": "GET", "url": "https://example.org/orders"}, "response": {"status": 404}},
    annotations={"tenant": "blue", "paid": True, "price": 7.5}, metadata={"shop": {"cart": {"items": [1, 2]}}},
    links=("1-5e34a614-10bd1234f1fb44f07bc535a2",), aws={"request_id": "8f507cfc"}, subsegments=(OWN,),
)  # fmt: skip
TRACE = Trace(ID, (WEB,))


def request(*traces: Trace) -> ExportTraceServiceRequest:
    """The traces as the messages of OTLP's authors."""
    return read(span_lines(traces), ExportTraceServiceRequest)


def spans(*traces: Trace) -> dict[str, Span]:
    """The spans by name."""
    found = [span for group in request(*traces).resource_spans for scope in group.scope_spans for span in scope.spans]
    return {span.name: span for span in found}


def told(attributes: Any) -> dict[str, Any]:
    """Attributes by key."""
    values = {one.key: one.value for one in attributes}
    return {
        key: [getattr(inner, inner.WhichOneof("value")) for inner in value.array_value.values]
        if value.HasField("array_value")
        else getattr(value, value.WhichOneof("value"))
        for key, value in values.items()
    }


def test_ids_times_and_parents_are_those_of_the_trace() -> None:
    """In bytes of the right length; a subsegment has its parent by where it stands."""
    found = spans(TRACE)
    assert {span.trace_id.hex() for span in found.values()} == {"5e34a61410bd1234f1fb44f07bc535a1"}
    assert {name: (span.span_id.hex(), span.parent_span_id.hex()) for name, span in found.items()} == {
        "web": ("00000000000000a1", "00000000000000a0"),
        "reserve": ("00000000000000b1", "00000000000000a1"),
        "DynamoDB": ("00000000000000b2", "00000000000000b1"),
    }
    assert found["DynamoDB"].start_time_unix_nano == 1_700_000_000_250_000_000
    assert found["web"].links[0].trace_id.hex() == "5e34a61410bd1234f1fb44f07bc535a2"


def test_kinds_and_how_it_ended() -> None:
    """The entry serves, a namespace calls, the rest is inside."""
    found = spans(TRACE)
    assert {name: Span.SpanKind.Name(span.kind) for name, span in found.items()} == {
        "web": "SPAN_KIND_SERVER",
        "reserve": "SPAN_KIND_INTERNAL",
        "DynamoDB": "SPAN_KIND_CLIENT",
    }
    assert (found["DynamoDB"].status.code, found["DynamoDB"].status.message) == (2, "no stock")
    assert found["reserve"].status.code == 2


def test_attributes_have_the_names_of_the_conventions() -> None:
    """And what X-Ray alone knows has a name of its own."""
    found = {name: told(span.attributes) for name, span in spans(TRACE).items()}
    assert found["web"] == {
        "http.request.method": "GET", "url.full": "https://example.org/orders", "http.response.status_code": 404,
        "faas.invocation_id": "8f507cfc", "user.id": "ann", "aws.xray.error": True,
        "aws.xray.metadata.shop.cart": '{"items":[1,2]}', "tenant": "blue", "paid": True, "price": 7.5,
        "aws.xray.annotations": ["tenant", "paid", "price"],
    }  # fmt: skip
    assert found["DynamoDB"] == {
        "rpc.system": "aws-api", "rpc.service": "DynamoDB", "rpc.method": "Query", "cloud.region": "eu-west-1",
        "aws.request_id": "R1", "aws.dynamodb.table_names": ["orders"], "http.response.status_code": 500,
    }  # fmt: skip
    (group,) = request(TRACE).resource_spans
    assert told(group.resource.attributes) == {
        "service.name": "web", "cloud.provider": "aws", "cloud.platform": "aws_lambda", "faas.name": "web",
        "cloud.resource_id": "arn:aws:lambda:eu-west-1:123456789012:function:web",
    }  # fmt: skip


def test_an_exception_is_an_event_with_the_stack_as_python_writes_it() -> None:
    """The innermost call last."""
    (event,) = spans(TRACE)["DynamoDB"].events
    assert event.name == "exception"
    stack = told(event.attributes)["exception.stacktrace"].splitlines()
    assert stack[1:] == ['  File "app.py", line 30, in handler', '  File "app.py", line 7, in reserve', "ValueError: no stock"]  # fmt: skip # noqa: E501


def test_a_part_in_progress_ends_where_it_was_last_seen() -> None:
    """And says so: viewers cannot draw a span without an end."""
    span = spans(TRACE)["reserve"]
    assert span.end_time_unix_nano == 1_700_000_000_500_000_000
    assert told(span.attributes)["aws.xray.in_progress"] is True


def test_what_is_written_is_read_again() -> None:
    """Ids, times, names, kinds, how it ended and whether it did, annotations, exceptions."""
    unread: list[str] = []
    written = [span for line in span_lines([TRACE]) for span in otlp.spans(json.loads(line), unread)]
    back = {part.id: part for part in otlp.segments(written)}
    assert unread == []
    for part in TRACE.walk():
        read_back = back[part.id]
        assert read_back.trace_id == ID
        assert (read_back.name, read_back.namespace) == (part.name, part.namespace)
        assert abs(read_back.start - part.start) < 1e-6
        assert (read_back.fault, read_back.error, read_back.throttle) == (part.fault, part.error, part.throttle)
        assert (read_back.end is None) == (part.end is None)
        assert read_back.annotations.items() >= part.annotations.items()
        assert [one.message for one in read_back.exceptions] == [one.message for one in part.exceptions]
    assert back[CALL.id].aws.items() >= {"operation": "Query", "table_name": "orders"}.items()
    assert back[WEB.id].http == WEB.http
    assert back[WEB.id].links == WEB.links


def test_a_span_that_became_a_segment_is_that_span_again() -> None:
    """Its name, resource, scope and attributes are kept in the metadata that X-Ray makes of a span."""
    kept = {
        "otel.span.name": "GET /orders/{id}", "otel.scope.name": "opentelemetry.instrumentation.flask",
        "otel.resource.service.name": "orders", "otel.resource.host.name": "a", "http.route": "/orders/{id}",
    }  # fmt: skip
    trace = Trace(ID, (Segment("00000000000000a1", "orders", 1.0, 2.0, ID, metadata={"default": kept}),))
    (group,) = request(trace).resource_spans
    assert told(group.resource.attributes) == {"service.name": "orders", "host.name": "a"}
    assert group.scope_spans[0].scope.name == "opentelemetry.instrumentation.flask"
    assert told(spans(trace)["GET /orders/{id}"].attributes) == {"http.route": "/orders/{id}"}


def test_ids_that_are_none_get_some_that_stay_the_same() -> None:
    """Nothing is lost, and children find their parents."""
    inner = Segment("also odd", "call", 1.0, 2.0)
    first, again = (spans(Trace("odd", (Segment("odd", "web", 1.0, 2.0, subsegments=(inner,)),))) for _ in range(2))
    assert first == again
    assert len(first["web"].trace_id) == 16
    assert first["call"].parent_span_id == first["web"].span_id != bytes(8)


def test_secrets_are_masked() -> None:
    """What is exported goes elsewhere."""
    secret = Segment("00000000000000a1", "web", 1.0, 2.0, ID, annotations={"password": "hunter2-hunter2", "k": "AKIAIOSFODNN7EXAMPLE"})  # fmt: skip # noqa: E501
    text = "".join(span_lines([Trace(ID, (secret,))]))
    assert "hunter2" not in text
    assert "AKIAIOSFODNN7EXAMPLE" not in text


def test_requests_are_bounded_and_no_trace_is_no_line() -> None:
    """A collector refuses what is too large."""
    parts = tuple(Segment(f"{n:016x}", "part", 1.0, 2.0) for n in range(1, 3_000))
    traces = [Trace(f"{ID[:-1]}{n}", (WEB._replace(subsegments=parts),)) for n in range(3)]
    lines = list(span_lines(traces))
    assert len(lines) == 3
    assert sum(len(list(otlp.spans(json.loads(line), []))) for line in lines) == 9_000
    assert list(span_lines([])) == []


def test_a_very_deep_trace_is_written() -> None:
    """Segments nest as deep as they like."""
    part = Segment("00000000000000ff", "leaf", 1.0, 2.0)
    for n in range(1, 3_000):
        part = Segment(f"{n:016x}", "part", 1.0, None, subsegments=(part,))
    assert "leaf" in "".join(span_lines([Trace(ID, (part,))]))
