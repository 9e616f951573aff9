"""OpenTelemetry's spans beside X-Ray's segments in one trace, on the daemon's port."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags, set_span_in_context

from shopfast_obs.localcloud.telemetry_services import TelemetryServices
from tests.localcloud.service_clients import HandClock, RecordingApplication, client, running

HEADER = b'{"format":"json","version":1}\n'
FUNCTION_ID = "53995c3f42cd8ad8"
TRACE = 0x6B4DC1200AF7651916CD43DD8448EB21  # of the clock's day
NAME = "1-6b4dc120-0af7651916cd43dd8448eb21"
LAMBDA = {"service.name": "orders", "cloud.provider": "aws", "cloud.platform": "aws_lambda", "faas.name": "orders"}


def spans() -> list[Any]:
    """What an instrumented handler made: itself, a call of DynamoDB, a part that raised."""
    kept = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource(LAMBDA))
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracer = provider.get_tracer("tests", "1")
    caller = SpanContext(TRACE, int(FUNCTION_ID, 16), is_remote=True, trace_flags=TraceFlags(1))
    within = set_span_in_context(NonRecordingSpan(caller))
    call = {"rpc.system": "aws-api", "rpc.service": "DynamoDB", "rpc.method": "GetItem"}
    with tracer.start_as_current_span("app.handler", context=within, kind=SpanKind.SERVER) as top:
        top.set_attribute("faas.coldstart", True)
        top.set_attribute("http.response.status_code", 500)
        top.set_attribute("tenant", "blue")
        top.set_attribute("aws.xray.annotations", ["tenant"])
        with tracer.start_as_current_span("DynamoDB.GetItem", kind=SpanKind.CLIENT, attributes=call) as read:
            read.set_attribute("aws.dynamodb.table_names", ["stock"])
        try:
            with tracer.start_as_current_span("price"):
                raise KeyError("sku")
        except KeyError:
            pass
    return list(kept.get_finished_spans())


def datagram(mark: bytes = b"T1S") -> bytes:
    """The spans as ADOT sends them."""
    return HEADER + mark + base64.b64encode(encode_spans(spans()).SerializeToString())


def function_segment() -> bytes:
    """What Lambda sends of the invocation."""
    now = time.time()
    segment = {
        "id": FUNCTION_ID,
        "trace_id": NAME,
        "name": "orders",
        "origin": "AWS::Lambda::Function",
        "start_time": now,
        "end_time": now + 1,
    }
    return HEADER + json.dumps(segment).encode()


@contextmanager
def sent(tmp_path: Path, *datagrams: bytes) -> Iterator[TelemetryServices]:
    """Telemetry services whose daemon has got the datagrams."""
    with running(tmp_path, HandClock(time.time()), RecordingApplication()) as services:
        asyncio.run(services.start())
        host, port = services.xray_address.split(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for content in datagrams:
                sender.sendto(content, (host, int(port)))
        yield services


def documents(services: TelemetryServices, parts: int) -> list[dict[str, Any]]:
    """The trace's segments, when it has so many."""
    found: list[dict[str, Any]] = []
    for _ in range(200):
        traces = client(services, "xray").batch_get_traces(TraceIds=[NAME])["Traces"]
        found = [json.loads(part["Document"]) for trace in traces for part in trace["Segments"]]
        if len(found) >= parts:
            break
        time.sleep(0.05)
    return found


def test_what_adot_sends_is_part_of_the_functions_segment(tmp_path: Path) -> None:
    """One tree of Lambda's segment and the function's spans; unsampled ones and rubbish are left out."""
    rubbish = (HEADER + b"T1S!", HEADER + b"T1SAAAA", HEADER + b"T1S", HEADER + b"T1")
    with sent(tmp_path, *rubbish, datagram(b"T1U"), function_segment(), datagram()) as services:
        function, table = documents(services, 2)
        assert (function["name"], table["name"], table["origin"]) == ("orders", "DynamoDB", "AWS::DynamoDB::Table")
        assert table["aws"]["resource_names"] == ["stock"]
        [handler] = function["subsegments"]
        assert (handler["name"], handler["fault"]) == ("app.handler", True)
        assert handler["annotations"] == {"tenant": "blue"}
        assert handler["metadata"]["default"]["faas.coldstart"] is True
        call, failed = sorted(handler["subsegments"], key=lambda part: part["name"])
        assert (call["namespace"], call["aws"]["operation"], call["aws"]["table_name"]) == ("aws", "GetItem", "stock")
        [raised] = failed["cause"]["exceptions"]
        assert (raised["type"], raised["stack"][0]["label"]) == ("KeyError", "spans")
        xray = client(services, "xray")
        graph = xray.get_trace_graph(TraceIds=[NAME])["Services"]
        names = {service["ReferenceId"]: service["Name"] for service in graph}
        edges = [(service["Name"], names[edge["ReferenceId"]]) for service in graph for edge in service["Edges"]]
        assert sorted(edges) == [("orders", "orders"), ("orders", "stock")]


def test_spans_alone_are_a_segment(tmp_path: Path) -> None:
    """Where Lambda sent nothing the handler's span stands for the function, and can be searched for."""
    with sent(tmp_path, datagram()) as services:
        function, _ = documents(services, 2)
        assert (function["name"], function["origin"], function["parent_id"]) == (
            "orders",
            "AWS::Lambda::Function",
            FUNCTION_ID,
        )
        now = time.time()
        asked = {"StartTime": now - 60, "EndTime": now + 60, "TimeRangeType": "Event"}
        expression = 'service("orders") { fault } AND annotation.tenant = "blue"'
        found = client(services, "xray").get_trace_summaries(**asked, FilterExpression=expression)["TraceSummaries"]
        assert [(one["Id"], one["HasFault"]) for one in found] == [(NAME, True)]
