#!/usr/bin/env bash
# opentelemetry-proto 1.45.2 with protobuf 7.36.2: OTLP's own JSON through protobuf's JSON reader and writer.
#
# OTLP says that its JSON is protobuf's JSON mapping, but for ids: trace and span ids are hexadecimal, not base64.
# Every digit of hexadecimal is a letter of base64 as well, and 32 of them are whole groups of it, so protobuf's reader
# takes the ids without a word, and gives trace ids of 24 bytes instead of 16 and span ids of 12 instead of 8. Written
# again by the same library they look right, so that a round trip shows nothing; whoever reads the message, or its
# bytes, has ids that match no other span of the trace. The writer also names enums, where OTLP asks for numbers.
#
# Output seen:
#   trace id read: 24 bytes, e5bf1e7...
#   span id read: 12 bytes
#   written again: 5b8efff798038103d269b633813fc60c
#   kind written: SPAN_KIND_SERVER
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check opentelemetry-proto==1.45.2 protobuf==7.36.2
"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

TRACE, SPAN = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"
document = {"resourceSpans": [{"scopeSpans": [{"spans": [{
    "traceId": TRACE, "spanId": SPAN, "name": "GET /", "kind": 2,
    "startTimeUnixNano": "1544712660000000000", "endTimeUnixNano": "1544712661000000000",
}]}]}]}
request = json_format.ParseDict(document, ExportTraceServiceRequest())
span = request.resource_spans[0].scope_spans[0].spans[0]
again = json.loads(json_format.MessageToJson(request))["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
print(f"trace id read: {len(span.trace_id)} bytes, {span.trace_id.hex()[:7]}...")
print(f"span id read: {len(span.span_id)} bytes")
print(f"written again: {again['traceId']}")
print(f"kind written: {again['kind']}")
same = (len(span.trace_id), len(span.span_id), again["traceId"], again["kind"]) == (24, 12, TRACE, "SPAN_KIND_SERVER")
sys.exit(0 if same else "the behaviour changed")
PYTHON
