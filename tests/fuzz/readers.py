"""The parsers of text and JSON."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from shopfast_obs.analysis.logs.insights.query import read_query
from shopfast_obs.analysis.logs.patterns import log_pattern
from shopfast_obs.analysis.metrics import metric_math, search
from shopfast_obs.analysis.traces.filter import evaluation
from shopfast_obs.analysis.wiring import event_patterns
from shopfast_obs.errors import UserError
from shopfast_obs.localcloud.gateway import host_and_origin, trace_header
from shopfast_obs.localcloud.lambdahost.invocation.outcome import init_failed
from shopfast_obs.localcloud.lambdahost.invocation.tracing import cause_of
from shopfast_obs.localcloud.lambdahost.sandbox.output import MAGIC, Decoder
from shopfast_obs.localcloud.lambdahost.sandbox.runtime_api import Failed
from shopfast_obs.localcloud.logs import fields
from shopfast_obs.localcloud.logs.store import Event
from shopfast_obs.localcloud.protocol import cbor
from shopfast_obs.localcloud.protocol.routing import head_of, headers_of
from shopfast_obs.localcloud.xray import daemon, segment_validation
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse import duration, overlay
from shopfast_obs.parse.logs import emf, log_files, platform, powertools
from shopfast_obs.parse.templates.template import read_template
from shopfast_obs.parse.traces import documents as files
from shopfast_obs.parse.traces import xray
from tests.fuzz import strategies as s
from tests.fuzz.interface import Target

START = 1_800_000_000.0
LINES = (
    "REPORT RequestId: 8f5\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t"
    "Init Duration: 150.10 ms\tStatus: timeout\tError Type: Runtime.ExitError\t\n"
    "XRAY TraceId: 1-65e8a2d0-000000000000000000000001\tSegmentId: 0000000000000001\tSampled: true\t\n",
    "INIT_REPORT Init Duration: 10008.70 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError\n",
    "2026-01-02T03:04:05.678Z 8f507cfc-xmpl-4697-b07a-ac58fc914c95 Task timed out after 3.00 seconds\n\n",
    "RequestId: 8f507cfc-xmpl Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n",
    "START RequestId: 8f507cfc-xmpl Version: $LATEST\n",
    '{"time":"2026-01-02T03:04:05.678Z","type":"platform.report","record":{"requestId":"8f","metrics":{"durationMs":1.5,'
    '"billedDurationMs":2,"memorySizeMB":128,"maxMemoryUsedMB":60,"initDurationMs":150.1},"status":"success"}}\n',
    '{"level":"ERROR","location":"handler:12","message":"no","timestamp":"2026-01-02 03:04:05,678+0000","service":"s",'
    '"function_request_id":"8f","exception":"Traceback (most recent call last):\\n  File \\"a.py\\", line 1, in f\\n'
    '    g()\\nValueError: x","exception_name":"ValueError","xray_trace_id":"1-65e8a2d0-000000000000000000000001"}\n',
    "[ERROR] KeyError: 'id'\nTraceback (most recent call last):\n  File \"/var/task/a.py\", line 3, in handler\n    x\n",
)
EMF = {
    "_aws": {
        "Timestamp": int(START * 1000),
        "CloudWatchMetrics": [
            {"Namespace": "shop", "Dimensions": [["service"], []], "Metrics": [{"Name": "n", "Unit": "Count"}]},
            {"Namespace": "b", "Dimensions": [], "Metrics": [{"Name": "m", "StorageResolution": 1}]},
        ],
    },
    "service": "orders",
    "n": [1, 2.5],
    "m": 3,
}
SEGMENT = {
    "id": "0000000000000001",
    "trace_id": f"1-{int(START):08x}-000000000000000000000001",
    "name": "orders",
    "start_time": START,
    "end_time": START + 1,
    "origin": "AWS::Lambda::Function",
    "http": {"request": {"method": "GET", "url": "https://a/b"}, "response": {"status": 500}},
    "fault": True,
    "annotations": {"a": 1, "b": "x", "c": True},
    "cause": {"exceptions": [{"id": "0000000000000005", "message": "m", "type": "T", "stack": [{"path": "a", "line": 1}]}]},
    "subsegments": [{"id": "0000000000000002", "name": "DynamoDB", "start_time": START, "end_time": START + 0.5,
                     "namespace": "aws", "aws": {"operation": "GetItem"}}],
}  # fmt: skip
SPANS = {"resourceSpans": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "a"}}]},
    "scopeSpans": [{"spans": [{"traceId": "0" * 31 + "1", "spanId": "0" * 15 + "1", "name": "n", "kind": 2,
    "startTimeUnixNano": "1", "endTimeUnixNano": "2", "status": {"code": 2},
    "attributes": [{"key": "http.status_code", "value": {"intValue": "500"}}]}]}]}]}  # fmt: skip
FILTERS = (
    'service("a") { fault = true AND responsetime > 5 } OR edge("a", id(name: "b", type: "client")) { error }',
    'annotation.user = "x" AND http.url CONTAINS "api" AND NOT (ok OR http.status != 200)',
    'rootcause.json = #[{"Services": [{"Name": "a"}]}] AND user BEGINSWITH "b" AND duration >= 0.5',
    'group.name = "g" AND group.arn = "x" AND rootcause.fault.service { entityname = "a" }',
)
MATHS = (
    "FILL(METRICS(), REPEAT) / PERIOD(a) * IF(a > 1 AND b < 2 OR NOT a, b, 0)",
    "SUM([a, b]) - AVG(a) + RATE(b) ^ 2 - ANOMALY_DETECTION_BAND(a, 2)",
    "SORT(SEARCH('{AWS/Lambda,FunctionName} MetricName=\"Errors\"', 'Sum', 60), MAX, DESC, 3)",
    "SLICE(REMOVE_EMPTY([a, b]), 0, 1) == RUNNING_SUM(TIME_SERIES(3)) || 1 && -DIFF(a)",
)
SEARCHES = (
    '{AWS/Lambda,FunctionName,Resource} MetricName=(Errors OR Duration) NOT :aws.AccountId=1 "x y"',
    "a AND (b OR c)",
)
PATTERNS = (
    '{ ($.level = "ERROR" && $.n >= 3.5) || $.a.b[0] IS NULL || $.c NOT EXISTS || $.d = %^x.*% }',
    "[ip, user, ..., status_code = 4* || status_code != 500, bytes > 1000]",
    '?ERROR ?"two words" -exit %T[a-z]+% {',
)
QUERIES = (
    "fields @timestamp, @message | filter level = 'ERROR' and n > 3 | stats count(*) as c, avg(n) by bin(5m), level | sort c desc",
    "parse @message 'a * b *' as x, y | parse @message /(?<z>[a-z]+)/ | dedup x | limit 10 | display x, concat(y, 'k')",
    "filter @message like /(?i)err/ and not ispresent(a.b) | stats pct(n, 99), stddev(n), count_distinct(m) by x",
    "filter @message in ['a', 'b'] or strlen(x) * 2 ^ 3 % 4 >= 1 # a comment\n| pattern @message",
)
TEMPLATE = """
Resources:
  F: &f
    Type: AWS::Lambda::Function
    Properties: {Timeout: 3, Role: !GetAtt R.Arn, Name: !Sub "${AWS::StackName}-x", L: [!Ref A, !If [C, 1, !Ref AWS::NoValue]]}
  G: *f
Conditions: {C: !Equals [a, !FindInMap [M, a, b]]}
"""
OVERLAY = {
    "version": 1,
    "resources": [
        {"type": "AWS::Lambda::Function", "name": "f", "properties": {"Timeout": 10}, "layers": ["powertools"]}
    ],
    "alarms": [{"name": "a", "kind": "errors", "resource": "f", "properties": {"Threshold": 1}}],
    "alarm_topic": "t",
}


def _lines(text: str) -> None:
    event = LogEvent(START, text, "/aws/lambda/f", "s")
    platform.report(text, event)
    platform.init_report(text, event)
    for read in (platform.started, platform.timeout, platform.runtime_exit, platform.request_id, platform.trace_id):
        read(text)
    powertools.record(text)
    powertools.exception(text)
    fields.discovered(Event(1, int(START * 1000), int(START * 1000), text, "/aws/lambda/f", "s"))


def _filter(text: str) -> None:
    wanted = evaluation.compile_filter(text, {"g": "fault"})
    wanted.matches(xray.trace({"Id": SEGMENT["trace_id"], "Segments": [{"Document": json.dumps(SEGMENT)}]}))


def _math(text: str) -> None:
    grid = metric_math.Grid(0.0, 300.0, 60.0)
    series = {"a": {0.0: 1.0, 60.0: 2.0, 180.0: 0.0}, "b": {60.0: 10.0}}
    metric_math.evaluate(text, metric_math.Scope(series, grid, ("a", "b")))


def _pattern(text: str) -> None:
    pattern = log_pattern(text)
    for line in (*LINES, '127.0.0.1 bob [x] "GET /" 404 12', "", json.dumps(EMF)):
        pattern.match(line)
        pattern.value(line, "$.n")


def _query(text: str) -> None:
    query = read_query(text)
    events = [Event(n, int(START * 1000) + n, int(START * 1000), line, "g", "s") for n, line in enumerate(LINES)]
    query.run(fields.record("000000000000", event) for event in events)


def _pipe(chunks: list[bytes]) -> None:
    decoder = Decoder()
    for chunk in chunks:
        decoder.feed(chunk)
    decoder.flush()


def _header(text: str) -> None:
    trace_header.fields(text)
    trace_header.root_of(text)
    trace_header.decide(text, active=True, now=START)
    cause_of(text)
    host_and_origin.host_is_welcome(text)
    host_and_origin.origin_is_welcome(text)
    raw = text.encode("utf-8", "replace")
    head_of("POST", text, headers_of([(b"authorization", raw), (b"x-amz-target", raw)]), raw)


def _events(value: Any) -> None:
    list(log_files.events("a.json", json.dumps(value).encode()))
    event_patterns.accepts(value, "a")


def readers() -> Iterator[Target]:
    """Each with its input."""
    yield Target("log lines", s.phrases(LINES), _lines)
    yield Target(
        "EMF", s.documents(EMF).map(json.dumps) | s.damaged([json.dumps(EMF)]), lambda t: emf.extract(t, START)
    )
    yield Target("segments", s.documents(SEGMENT), xray.segment, (UserError,))
    yield Target(
        "segment documents", s.bodies(SEGMENT), segment_validation.accept, (segment_validation.BadSegmentError,)
    )
    header = b'{"format": "json", "version": 1}\n'
    yield Target("datagrams", (s.bodies(SEGMENT) | st.binary().map(lambda b: b"T1S" + base64.b64encode(b))).map(lambda b: header + b) | st.binary(),
                 daemon.segments_of, (segment_validation.BadSegmentError,))  # fmt: skip
    yield Target("trace files", s.bodies(SEGMENT, SPANS, {"Traces": [{"Id": "1", "Segments": [SEGMENT]}]}),
                 lambda b: files.read([("a.json", b)]))  # fmt: skip
    yield Target(
        "log files", s.documents({"events": [{"timestamp": 1, "message": "m", "logStreamName": "s"}]}), _events
    )
    yield Target("filter expressions", s.phrases(FILTERS), _filter, (ValueError,))
    yield Target("metric math", s.phrases(MATHS), _math, (metric_math.MathError,))
    yield Target("metric searches", s.phrases(SEARCHES), search.read_search, (metric_math.MathError,))
    yield Target("filter patterns", s.phrases(PATTERNS), _pattern, (ValueError,))
    yield Target("Insights queries", s.phrases(QUERIES), _query, (ValueError,))
    yield Target("spans of time", s.phrases(("15m", "2h", "2026-01-02T03:04:05Z", "1d")),
                 lambda t: duration.since(t, START), (UserError,))  # fmt: skip
    yield Target("templates", s.damaged((TEMPLATE, '{"Resources": {"A": {"Type": "B", "Properties": {}}}}')),
                 lambda t: read_template(t, "t.yaml"), (UserError,))  # fmt: skip
    yield Target("overlays", s.bodies(OVERLAY).map(lambda b: b.decode("utf-8", "replace")), overlay.read, (UserError,))
    yield Target("CBOR", st.binary(max_size=80) | st.lists(st.sampled_from([b"\xa1", b"\x9f", b"\xff", b"\xbf", b"\x63abc",
                 b"\xfb\x7f\xf0\0\0\0\0\0\0", b"\xc1", b"\x1b" + b"\xff" * 8]), max_size=12).map(b"".join),
                 cbor.decode, (ValueError,))  # fmt: skip
    yield Target("headers", s.phrases(("Root=1-65e8a2d0-000000000000000000000001;Parent=0000000000000001;Sampled=1",
                 "AWS4-HMAC-SHA256 Credential=0/20250101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0",
                 "localhost:4566", "https://x.execute-api.localhost:4566", '{"working_directory":"/","exceptions":[]}')),
                 _header)  # fmt: skip
    yield Target("a sandbox's output", st.lists(st.binary(max_size=30) | st.sampled_from([MAGIC + b"\x1b", MAGIC[:2], b"\n",
                 MAGIC + b"\x1b" + (3).to_bytes(4, "big") + bytes(8) + b"abc", MAGIC + b"\0" + b"\xff" * 12]), max_size=12),
                 _pipe)  # fmt: skip
    yield Target("init errors", s.bodies({"errorMessage": "m", "errorType": "T", "stackTrace": []}),
                 lambda b: init_failed(Failed(b, "")))  # fmt: skip
