#!/usr/bin/env bash
# opentelemetry-exporter-otlp-proto-http 1.45.2: an answer of 200 whose partial success says that every span was rejected.
# OTLP lets a server take a request and reject some of it: 200, with the number and a reason in the answer. CloudWatch's endpoints tell
# spans that are too old or too large by it. The exporter says SUCCESS, and neither number nor reason is logged or counted at any level: what was lost is seen nowhere.
# Seen: "SpanExportResult.SUCCESS, log lines that speak of it: 0".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install opentelemetry-exporter-otlp-proto-http==1.45.2 opentelemetry-sdk==1.45.2
cd "$work"
"$work/venv/bin/python" - <<'PY'
import io
import logging
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult

said = io.StringIO()
logging.basicConfig(level=logging.DEBUG, stream=said)


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = ExportTraceServiceResponse()
        answer.partial_success.rejected_spans = 1
        answer.partial_success.error_message = "older than 14 days"
        body = answer.SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
span = TracerProvider().get_tracer("t").start_span("GET /")
span.end()
result = OTLPSpanExporter(endpoint=f"http://127.0.0.1:{server.server_port}/v1/traces").export([span])
told = [line for line in said.getvalue().splitlines() if "reject" in line.lower() or "14 days" in line]
print(f"{result}, log lines that speak of it: {len(told)}")
sys.exit(result is not SpanExportResult.SUCCESS or bool(told))
PY
