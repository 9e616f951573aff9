"""OpenTelemetry spans become segments: OTLP JSON with typed values, and the records of aws/spans."""

import json

from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.parse.traces import documents

TRACE = "5e34a61410bd1234f1fb44f07bc535a1"
RESOURCE = {
    "attributes": [
        {"key": "service.name", "value": {"stringValue": "web"}},
        {"key": "cloud.platform", "value": {"stringValue": "aws_lambda"}},
    ]
}


def attribute(key: str, value: dict[str, object]) -> dict[str, object]:
    """One typed attribute."""
    return {"key": key, "value": value}


SPANS = [
    {
        "traceId": TRACE,
        "spanId": "aaaaaaaaaaaaaaaa",
        "name": "GET /orders",
        "kind": 2,
        "startTimeUnixNano": "1767225600000000000",
        "endTimeUnixNano": "1767225601000000000",
        "attributes": [
            attribute("http.method", {"stringValue": "GET"}),
            attribute("http.target", {"stringValue": "/orders/7"}),
            attribute("http.status_code", {"intValue": "502"}),
        ],
        "status": {"code": 2},
        "events": [
            {
                "name": "exception",
                "attributes": [
                    attribute("exception.type", {"stringValue": "KeyError"}),
                    attribute("exception.message", {"stringValue": "'sku'"}),
                ],
            }
        ],
    },
    {
        "traceId": TRACE,
        "spanId": "bbbbbbbbbbbbbbbb",
        "parentSpanId": "aaaaaaaaaaaaaaaa",
        "name": "DynamoDB.GetItem",
        "kind": 3,
        "startTimeUnixNano": 1767225600200000000,
        "endTimeUnixNano": 1767225600300000000,
        "attributes": [
            attribute("rpc.system", {"stringValue": "aws-api"}),
            attribute("rpc.service", {"stringValue": "DynamoDB"}),
            attribute("rpc.method", {"stringValue": "GetItem"}),
            attribute("aws.dynamodb.table_names", {"arrayValue": {"values": [{"stringValue": "orders"}]}}),
        ],
    },
]


def test_a_collectors_file_is_one_trace() -> None:
    """Server and client spans, route, status, exception, table: as X-Ray would have them."""
    content = json.dumps({"resourceSpans": [{"resource": RESOURCE, "scopeSpans": [{"spans": SPANS}]}]}).encode()
    found = documents.read([("spans.json", content)])
    assert found.problems == ()
    (trace,) = found.traces
    assert trace.id == "1-5e34a614-10bd1234f1fb44f07bc535a1"
    server, client = trace.segments
    assert (server.name, server.origin, server.fault) == ("web", "AWS::Lambda::Function", True)
    assert (server.start, server.duration) == (1_767_225_600.0, 1.0)
    assert server.exceptions[0].type == "KeyError"
    assert (client.name, client.namespace, client.aws["operation"], client.aws["table_name"]) == (
        "DynamoDB",
        "aws",
        "GetItem",
        "orders",
    )
    seen = overview(found.traces)
    assert seen.entry_points[0].name == "GET /orders/{id}"
    assert ("web", "orders") in {(edge.source, edge.target) for edge in seen.service_map.edges}


def test_transaction_searchs_records_are_spans_one_a_line() -> None:
    """Flat attributes, kinds and states by name, one span a log event, in any order."""
    resource = {"attributes": {"service.name": "web", "cloud.platform": "aws_lambda"}}
    lines = [
        {
            "resource": resource,
            "traceId": TRACE,
            "spanId": "b",
            "parentSpanId": "a",
            "name": "work",
            "kind": "INTERNAL",
            "startTimeUnixNano": 1767225600100000000,
            "endTimeUnixNano": 1767225600200000000,
            "attributes": {"order": "7"},
        },
        {
            "resource": resource,
            "traceId": TRACE,
            "spanId": "a",
            "name": "handler",
            "kind": "SERVER",
            "startTimeUnixNano": 1767225600000000000,
            "endTimeUnixNano": 1767225601000000000,
            "status": {"code": "ERROR"},
        },
    ]
    found = documents.read([("spans.jsonl", "\n".join(json.dumps(line) for line in lines).encode())])
    (summary,) = overview(found.traces).traces
    assert (summary.entry_point, summary.outcome, summary.parts, summary.warnings) == ("web", "fault", 2, ())


def test_a_span_without_a_start_is_named() -> None:
    """The rest is kept."""
    spans = [SPANS[0], {**SPANS[1], "startTimeUnixNano": "soon"}]
    content = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}, 7]}).encode()
    found = documents.read([("spans.json", content)])
    assert len(found.traces[0].segments) == 1
    assert found.problems == (
        "the files: 1 of 2 traces and segments could not be read: a span has no startTimeUnixNano that is a number "
        "(1, such as 'spans.json: DynamoDB.GetItem')",
    )


def test_saved_events_of_aws_spans_are_traces() -> None:
    """FilterLogEvents of the group in which Transaction Search keeps spans; other lines are passed over."""
    lines = [{**span, "resource": RESOURCE} for span in SPANS]
    events = [{"timestamp": 1, "message": json.dumps(line)} for line in lines] + [{"timestamp": 2, "message": "{}"}]
    found = documents.read([("aws-spans.json", json.dumps({"events": events}).encode())])
    assert found.problems == ()
    assert [trace.id for trace in found.traces] == [f"1-{TRACE[:8]}-{TRACE[8:]}"]
    assert len(found.traces[0].segments) == 2


def test_values_that_are_no_numbers_are_left_out() -> None:
    """A span keeps what else it says; one without a time is named."""
    odd = [{"intValue": "NaN"}, {"intValue": "1e999"}, {"intValue": "²"}, {"intValue": True}]
    span = {**SPANS[0], "attributes": [attribute("http.status_code", value) for value in odd]}
    late = {**SPANS[0], "startTimeUnixNano": "1e999"}
    content = json.dumps({"resourceSpans": [{"resource": RESOURCE, "scopeSpans": [{"spans": [span, late]}]}]})

    read = documents.read([("a.json", content.encode())])

    assert [len(trace.segments) for trace in read.traces] == [1]
    assert "no startTimeUnixNano" in read.problems[0]
