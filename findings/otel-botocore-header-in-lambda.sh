#!/usr/bin/env bash
# opentelemetry-instrumentation-botocore 0.66b1 with botocore 1.44.8, and aws-xray-sdk 2.15.0: the X-Amzn-Trace-Id of an AWS call.
# In Lambda (AWS_LAMBDA_FUNCTION_NAME and _X_AMZN_TRACE_ID are set) botocore itself puts the variable's value into the request. The
# instrumentation then adds a second header of the same name, and botocore sends the first one alone. So the service that is called
# becomes a child of the function and not of the client's span, or lands in another trace than the span where the variable is
# not the span's parent; the same program outside of Lambda sends the span. The X-Ray SDK replaces the header.
# Seen: "otel outside: the span", "otel in lambda: the variable", "x-ray sdk in lambda: the subsegment".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install opentelemetry-instrumentation-botocore==0.66b1 opentelemetry-sdk==1.45.1 \
    opentelemetry-propagator-aws-xray==1.0.2 aws-xray-sdk==2.15.0 boto3==1.44.8 botocore==1.44.8
cd "$work"
export HOME="$work" AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=y AWS_DEFAULT_REGION=us-east-1
cat >calls.py <<'PY'
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3

VARIABLE = os.environ.get("_X_AMZN_TRACE_ID")
received = []


class Queue(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        received.extend(self.headers.get_all("X-Amzn-Trace-Id") or [])
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *ignored):
        pass


def with_otel(call):
    from opentelemetry import trace
    from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    spans = InMemorySpanExporter()
    trace.set_tracer_provider(TracerProvider())
    trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(spans))
    BotocoreInstrumentor().instrument()
    call()
    (span,) = spans.get_finished_spans()
    return "the span", f"{span.context.span_id:016x}"


def with_xray(call):
    from aws_xray_sdk.core import patch, xray_recorder
    from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter

    class Kept(UDPEmitter):
        def send_entity(self, entity):
            kept.append(entity)

    kept = []
    xray_recorder.configure(service="orders", sampling=False, emitter=Kept())
    patch(["botocore"])
    with xray_recorder.in_segment("orders"):
        call()
    (segment,) = kept
    return "the subsegment", segment.subsegments[0].id


def seen(library):
    server = HTTPServer(("127.0.0.1", 0), Queue)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = boto3.client("sqs", endpoint_url=f"http://127.0.0.1:{server.server_port}")
    own, identity = library(lambda: client.list_queues())
    server.shutdown()
    (header,) = received
    return own if f"Parent={identity}" in header else "the variable" if header == VARIABLE else header


print(sys.argv[1] + ":", seen(with_otel if sys.argv[1].startswith("otel") else with_xray))
PY
header='Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
{
    "$work/venv/bin/python" calls.py "otel outside"
    export AWS_LAMBDA_FUNCTION_NAME=orders _X_AMZN_TRACE_ID="$header"
    "$work/venv/bin/python" calls.py "otel in lambda"
    "$work/venv/bin/python" calls.py "x-ray sdk in lambda"
} | tee seen.txt
diff seen.txt - <<'SEEN'
otel outside: the span
otel in lambda: the variable
x-ray sdk in lambda: the subsegment
SEEN
