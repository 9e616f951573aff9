"""One trace in the forms in which people have it (those of OpenTelemetry: tests/parse/traces/span_exports.py), and files
that are neither traces nor logs. The aws command's text and table were recorded with aws-cli 1.46.3."""

from __future__ import annotations

import gzip
import json
from typing import Any

from tests.parse.saved.log_forms import archive, packed, pretty, table_of
from tests.parse.traces import span_exports

ID = "1-6921c0a4-5b1e4f0d8c3a7e9b12d4f6a8"
SEGMENT: dict[str, Any] = {
    "id": "1234567890abcdef", "trace_id": ID, "name": "web", "origin": "AWS::Lambda::Function", "start_time": 1764000000.0,
    "end_time": 1764000000.5, "subsegments": [
        {"id": "2234567890abcdef", "name": "DynamoDB", "namespace": "aws", "start_time": 1764000000.1, "end_time": 1764000000.2}
    ],
}  # fmt: skip
OUTER = {"id": "0234567890abcdef", "trace_id": ID, "name": "web", "origin": "AWS::Lambda", "start_time": 1764000000.0,
         "end_time": 1764000000.5, "http": {"request": {"method": "GET", "url": "https://x/shop"}}}  # fmt: skip
SEGMENTS = [OUTER, {**SEGMENT, "parent_id": OUTER["id"]}]
TRACE = {
    "Id": ID, "Duration": 0.5, "LimitExceeded": False,
    "Segments": [{"Id": s["id"], "Document": json.dumps(s, separators=(",", ":"))} for s in SEGMENTS],
}  # fmt: skip
OTHER = json.loads(json.dumps(TRACE).replace(ID, ID[:-1] + "9"))
ANSWERS = [{"Traces": [one], "UnprocessedTraceIds": []} for one in (TRACE, OTHER)]
HEADER = '{"format": "json", "version": 1}'
YAML = "Traces:\n" + "".join(
    f"- Duration: 0.5\n  Id: {one['Id']}\n  LimitExceeded: false\n  Segments:\n"
    + "".join(f"  - Document: '{s['Document']}'\n    Id: {s['Id']}\n" for s in one["Segments"])
    for one in (TRACE, OTHER)
) + "UnprocessedTraceIds: []\n"  # fmt: skip
TEXT = "".join(
    f"TRACES\t0.5\t{one['Id']}\tFalse\n" + "".join(f"SEGMENTS\t{s['Document']}\t{s['Id']}\n" for s in one["Segments"])
    for one in (TRACE, OTHER)
)

TRACES: dict[str, tuple[str, bytes | dict[str, bytes]]] = {
    **{f"spans: {name}": ("spans.json", content) for name, content in span_exports.files().items()},
    "batch-get-traces, called in a loop": ("t.json", pretty(*ANSWERS).encode()),
    "batch-get-traces, compact": ("t.json", "\n".join(map(json.dumps, ANSWERS)).encode()),
    "batch-get-traces, compact and pretty": ("t.json", (json.dumps(ANSWERS[0]) + "\n" + pretty(ANSWERS[1])).encode()),
    "batch-get-traces, pretty and compact": ("t.json", (pretty(ANSWERS[0]) + json.dumps(ANSWERS[1])).encode()),
    "batch-get-traces --output yaml": ("t.yaml", YAML.encode()),
    "batch-get-traces --output text": ("t.txt", TEXT.encode()),
    "the console's raw data": ("t.json", pretty({**TRACE, "Segments": [{"Id": s["id"], "Document": s} for s in SEGMENTS]}).encode()),
    "segments, one a line": ("t.jsonl", "\n".join(map(json.dumps, SEGMENTS)).encode()),
    "what the daemon received": ("t.log", "\n".join(f"{HEADER}\n{json.dumps(s)}" for s in SEGMENTS).encode()),
    "what the daemon received, without lines": ("t", "".join(f"{HEADER}{json.dumps(s)}" for s in SEGMENTS).encode()),
    "traces in UTF-16": ("t.json", pretty(*ANSWERS).encode("utf-16")),
    "traces in gzip": ("t.gz", gzip.compress(pretty(*ANSWERS).encode(), mtime=0)),
    "traces in a zip archive": ("t.zip", archive({"a/1.json": pretty(ANSWERS[0]).encode(), "a/2.json": pretty(ANSWERS[1]).encode()})),
    "a subscription of aws/spans": (
        "t", packed({"logGroup": "aws/spans", "logStream": "default", "logEvents": [
            {"id": str(n), "timestamp": 1764000000000, "message": json.dumps(one)} for n, one in enumerate(span_exports.RECORDS)
        ]}).encode(),
    ),
}  # fmt: skip

# What is in the file, and a word of what is said of it.
REFUSED: dict[str, tuple[bytes, str]] = {
    "--output table": (
        b"-----\n|   FilterLogEvents   |\n+-----+\n||      events      ||\n|+----+----+|\n||  message | START RequestId: x  ||\n",
        "--output json",
    ),
    "get-query-results --output text": (b"Complete\nRESULTS\t@timestamp\t2026-11-22 15:07:39.891\nRESULTS\t@ptr\tx\n", "--output json"),
    "get-trace-summaries": (pretty({"TraceSummaries": [{"Id": ID, "Duration": 0.5}]}).encode(), "batch-get-traces"),
    "get-service-graph": (pretty({"Services": [], "StartTime": 1}).encode(), "service graph"),
    "start-query": (b'{"queryId": "12ab3456-12ab-123a-789e-1234567890ab"}', "get-query-results"),
    "rows of a query that counts": (
        pretty({"results": [[{"field": "count()", "value": "3"}]], "status": "Complete"}).encode(), "fields @timestamp, @message"
    ),
    "describe-log-groups": (pretty({"logGroups": [{"logGroupName": "a"}]}).encode(), "filter-log-events"),
    "metrics in OTLP": (b'{"resourceMetrics": []}', "metrics"),
    "CloudTrail": (pretty({"Records": [{"eventVersion": "1.08", "eventSource": "lambda.amazonaws.com"}]}).encode(), "CloudTrail"),
    "OTLP in protobuf": (
        bytes.fromhex("0a2e0a1c0a1a0a0c736572766963652e6e616d65120a0a08") + b"web-shop" + bytes.fromhex("120e0a0012") + b"\x0a\x0a\x10" + bytes(8),
        "format: json",
    ),
    "the Collector's debug exporter": (
        b"2026-03-02T10:00:00.123Z\tinfo\tTraces\t{}\n2026-03-02T10:00:00.124Z\tinfo\tResourceSpans #0\nResource attributes:\n"
        b"     -> service.name: Str(web)\nScopeSpans #0\nSpan #0\n    Trace ID       : 6921c0a45b1e4f0d8c3a7e9b12d4f6a8\n",
        "file",
    ),
    "the JavaScript SDK's ConsoleSpanExporter": (
        b"{\n  resource: { attributes: { 'service.name': 'web' } },\n  traceId: '6921c0a45b1e4f0d8c3a7e9b12d4f6a8',\n  kind: 1\n}\n",
        "OTEL_TRACES_EXPORTER=otlp",
    ),
    "the Java SDK's LoggingSpanExporter": (
        b"[main] INFO io.opentelemetry.exporter.logging.LoggingSpanExporter - 'GET' : 6921c0a45b1e4f0d8c3a7e9b12d4f6a8 "
        b"0000000000000001 SERVER [tracer: web:] {}\n",
        "experimental-otlp/stdout",
    ),
    "zstd": (b"\x28\xb5\x2f\xfd\x04\x00", "zstd -d"),
    "a tar archive": (b"web.log".ljust(257, b"\0") + b"ustar\0" + bytes(300), "tar -xf"),
    "Parquet": (b"PAR1\x15\x04", "duckdb"),
    "an HTML page": (b"<!DOCTYPE html><html><body>CloudWatch</body></html>", "Export the data"),
    "a workbook": (archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}), "CSV"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "picture"),
    "captured packets": (b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", "pcap"),
    "a CSV of something else": (table_of(["day", "orders"], [["2026-03-02", 3]]).encode(), "not JSON"),
    "notes": (b"# Notes\n\nThe shop was slow today.\n", "no line of it looks like one of a log"),
    "nothing": (b"", "empty"),
    "JSON of something else": (b'{"a": 1}\n{"b": 2}\n', "no trace and no log line"),
}  # fmt: skip
