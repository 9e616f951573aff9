"""The OpenTelemetry SDK's own exporters against the endpoints of X-Ray, CloudWatch Logs and CloudWatch."""

from __future__ import annotations

import json
import logging
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import SpanKind

from tests.localcloud.otlp.endpoint import listening
from tests.localcloud.service_clients import RecordingApplication, client

STOCK = {"server.address": "stock.example"}
SHOP = Resource({"service.name": "shop"})
SPAN = {"spanId": "eee19b7ec3c1b174", "name": "GET /a", "kind": "SPAN_KIND_SERVER"}
TRACE = "6b4dc1200af7651916cd43dd8448eb21"


def in_json(*spans: dict[str, Any]) -> bytes:
    """A request in OTLP's JSON."""
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}).encode()


def span(seconds: float = 0.0, **more: Any) -> dict[str, Any]:
    """A span that began so many seconds ago."""
    start = time.time_ns() - int(seconds * 1e9)
    times = {"startTimeUnixNano": str(start), "endTimeUnixNano": str(start + 5_000_000)}
    return {"traceId": TRACE, **SPAN, **times, **more}


def post(url: str, body: bytes, content: str = "application/json", **headers: str) -> tuple[int, dict[str, Any]]:
    """Status and JSON of the answer."""
    request = urllib.request.Request(url, body, {"Content-Type": content, **headers}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as problem:
        return problem.code, json.loads(problem.read())


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_exported_spans_are_a_trace_and_records_of_aws_spans(tmp_path: Path, compression: Compression) -> None:
    """With Transaction Search: a segment with its call, the log group, and the trace as spans."""
    application = RecordingApplication()
    with listening(tmp_path, application) as (url, services):
        xray, logs = client(services, "xray"), client(services, "logs")
        xray.update_trace_segment_destination(Destination="CloudWatchLogs")
        provider = TracerProvider(resource=SHOP)
        provider.add_span_processor(
            SimpleSpanProcessor(OTLPSpanExporter(endpoint=f"{url}/v1/traces", compression=compression))
        )
        tracer = provider.get_tracer("tests")
        with tracer.start_as_current_span("GET /a", kind=SpanKind.SERVER) as top:
            with tracer.start_as_current_span(
                "GET", kind=SpanKind.CLIENT, attributes={"server.address": "stock.example"}
            ):
                pass
            trace_id = f"{top.get_span_context().trace_id:032x}"
        asked = f"1-{trace_id[:8]}-{trace_id[8:]}"
        [trace] = xray.batch_get_traces(TraceIds=[asked])["Traces"]
        shop, stock = (json.loads(part["Document"]) for part in trace["Segments"])
        assert (shop["name"], shop["subsegments"][0]["name"], stock["inferred"]) == ("shop", "stock.example", True)
        events = logs.filter_log_events(logGroupName="aws/spans")["events"]
        records = [json.loads(event["message"]) for event in events]
        assert [(one["name"], one["kind"], one["traceId"]) for one in sorted(records, key=lambda r: r["kind"])] == [
            ("GET", "CLIENT", trace_id),
            ("GET /a", "SERVER", trace_id),
        ]
        now = time.time()
        token = xray.start_trace_retrieval(TraceIds=[trace_id], StartTime=now - 60, EndTime=now + 60)["RetrievalToken"]
        [whole] = xray.list_retrieved_traces(RetrievalToken=token, TraceFormat="OTEL")["Traces"]
        assert {json.loads(one["Document"])["spanId"] for one in whole["Spans"]} == {one["spanId"] for one in records}


def test_segments_are_records_of_aws_spans_too(tmp_path: Path) -> None:
    """With Transaction Search a segment of the X-Ray SDK is spans there, and in a trace that is asked for as spans."""
    with listening(tmp_path, RecordingApplication()) as (_, services):
        xray, logs = client(services, "xray"), client(services, "logs")
        xray.update_trace_segment_destination(Destination="CloudWatchLogs")
        now = time.time()
        call = {"id": "b" * 16, "name": "DynamoDB", "namespace": "aws", "start_time": now, "end_time": now + 1}
        call["aws"] = {"operation": "GetItem", "table_name": "stock"}
        segment = {"id": "a" * 16, "trace_id": "1-6b4dc120-0af7651916cd43dd8448eb21", "name": "shop"}
        segment |= {"start_time": now, "end_time": now + 1, "origin": "AWS::Lambda::Function", "subsegments": [call]}
        xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(segment)])
        events = logs.filter_log_events(logGroupName="aws/spans")["events"]
        found = sorted((json.loads(event["message"]) for event in events), key=lambda record: record["spanId"])
        assert [(one["kind"], one["parentSpanId"]) for one in found] == [("SERVER", ""), ("CLIENT", "a" * 16)]
        assert found[1]["attributes"]["aws.dynamodb.table_names"] == ["stock"]
        assert found[0]["resource"]["attributes"]["cloud.platform"] == "aws_lambda"


def test_json_has_ids_in_hexadecimal_digits(tmp_path: Path) -> None:
    """Unlike protobuf's JSON; without Transaction Search the answer says what AWS would want."""
    with listening(tmp_path, RecordingApplication()) as (url, services):
        status, answer = post(f"{url}/v1/traces", in_json(span()))
        assert (status, "Transaction Search" in answer["partialSuccess"]["errorMessage"]) == (200, True)
        assert "rejectedSpans" not in answer["partialSuccess"]
        [trace] = client(services, "xray").batch_get_traces(TraceIds=["1-6b4dc120-0af7651916cd43dd8448eb21"])["Traces"]
        assert [part["Id"] for part in trace["Segments"]] == [SPAN["spanId"]]


def test_what_is_refused_is_told(tmp_path: Path) -> None:
    """Some spans of a request by a partial success, a whole request by its status."""
    with listening(tmp_path, RecordingApplication()) as (url, _):
        where = f"{url}/v1/traces"
        old, large = span(15 * 86400), span(attributes=[{"key": "a", "value": {"stringValue": "x" * 210_000}}])
        for wrong in (old, large, span(traceId="")):
            status, answer = post(where, in_json(wrong))
            assert (status, answer["partialSuccess"]["rejectedSpans"]) == (200, "1")
        assert post(where, in_json(span(), span(90_000)))[0] == 400
        assert post(where, in_json(*[span() for _ in range(10_001)]))[0] == 400
        assert post(where, b" " * (5 * 1024 * 1024 + 1))[0] == 413
        assert post(where, b"{")[1]["message"].startswith("The body is no OTLP request")
        assert post(where, b"a=b", "text/plain")[0] == 415


def test_exported_log_records_are_events_of_the_named_stream(tmp_path: Path) -> None:
    """With body, severity and trace; a group that is not there, and no header, are refused."""
    application = RecordingApplication()
    application.logs.add("/shop", "web")
    with listening(tmp_path, application) as (url, services):
        headers = {"x-aws-log-group": "/shop", "x-aws-log-stream": "web"}
        provider = LoggerProvider(resource=SHOP)
        provider.add_log_record_processor(
            SimpleLogRecordProcessor(OTLPLogExporter(endpoint=f"{url}/v1/logs", headers=headers))
        )
        logger = logging.Logger("tests")
        logger.addHandler(LoggingHandler(logger_provider=provider))
        logger.error("sold out: %s", "shoe", extra={"sku": 7})
        [event] = client(services, "logs").filter_log_events(logGroupName="/shop")["events"]
        record = json.loads(event["message"])
        assert (record["body"], record["severityText"], record["attributes"]["sku"]) == ("sold out: shoe", "ERROR", 7)
        assert record["resource"]["attributes"]["service.name"] == "shop"
        status, answer = post(f"{url}/v1/logs", b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}')
        assert (status, answer["message"]) == (400, "The request has no header x-aws-log-group.")
        body = b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}'
        named = {"x-aws-log-group": "/none", "x-aws-log-stream": "web"}
        status, answer = post(f"{url}/v1/logs", body, **named)
        assert (status, answer["message"]) == (400, "The specified log group does not exist.")
        old = b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":{"stringValue":"x"}}]}]}]}'
        status, answer = post(f"{url}/v1/logs", old, **headers)
        assert (status, answer["partialSuccess"]["rejectedLogRecords"]) == (200, "1")


def test_exported_metrics_are_metrics_of_the_service(tmp_path: Path) -> None:
    """A counter's total is told once, though the SDK repeats it; a histogram is a statistic set."""
    with listening(tmp_path, RecordingApplication()) as (url, services):
        exporter = OTLPMetricExporter(endpoint=f"{url}/v1/metrics")
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
        provider = MeterProvider(resource=SHOP, metric_readers=[reader])
        meter = provider.get_meter("tests")
        orders, waited = meter.create_counter("orders"), meter.create_histogram("waited", unit="ms")
        for amount in (2, 3):
            orders.add(amount, {"colour": "blue"})
            waited.record(amount * 10)
            assert provider.force_flush()
        provider.shutdown()
        statistics = {"Period": 3600, "StartTime": time.time() - 7200, "EndTime": time.time() + 3600}
        cloudwatch = client(services, "cloudwatch")
        [sold] = cloudwatch.get_metric_statistics(
            Namespace="shop",
            MetricName="orders",
            Dimensions=[{"Name": "colour", "Value": "blue"}],
            Statistics=["Sum"],
            **statistics,
        )["Datapoints"]
        [took] = cloudwatch.get_metric_statistics(
            Namespace="shop", MetricName="waited", Statistics=["Sum", "SampleCount", "Maximum"], **statistics
        )["Datapoints"]
        assert (sold["Sum"], took["Sum"], took["SampleCount"], took["Maximum"]) == (5.0, 50.0, 2.0, 30.0)
        assert took["Unit"] == "Milliseconds"
