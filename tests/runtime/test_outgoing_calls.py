"""The correlation id goes out with every call that makes something else run, within each service's limits."""

import base64
import copy
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from shopfast_obs.runtime import correlation, outgoing_calls

SWITCH = "SHOPFAST_OBS_CORRELATION_PAYLOADS"


@pytest.fixture(autouse=True)
def current(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A request is being handled."""
    monkeypatch.delenv(SWITCH, raising=False)
    correlation.begin("abc")
    yield
    correlation.begin("")


def sent(operation: str, **params: Any) -> dict[str, Any]:
    """The parameters as the hook leaves them."""
    outgoing_calls.HOOKS[f"before-parameter-build.{operation}"](params=params, model=None, context={})
    return params


ATTRIBUTE = {"correlation_id": {"DataType": "String", "StringValue": "abc"}}


PAYLOADS: list[tuple[str, dict[str, Any]]] = [
    ("eventbridge.PutEvents", {"Entries": [{"Detail": '{"total": 10.00, "n": 1e400}'}, {"Source": "x"}]}),
    ("lambda.Invoke", {"InvocationType": "Event", "Payload": b'{"a": 1}'}),
    ("sfn.StartExecution", {"input": '{"a": 1}'}),
    ("sfn.StartExecution", {"name": "order-1", "input": '{"a": 1}'}),
    ("sfn.StartSyncExecution", {}),
    ("kinesis.PutRecord", {"Data": b'{"a": 1}'}),
    ("kinesis.PutRecords", {"Records": [{"Data": '{"a": 1}'}]}),
]


@pytest.mark.parametrize(("operation", "params"), PAYLOADS)
def test_payloads_stay_as_the_application_made_them(operation: str, params: dict[str, Any]) -> None:
    """A receiver may hash, compare or validate them."""
    assert sent(operation, **copy.deepcopy(params)) == params


def test_events_carry_it_in_their_detail_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers keep their digits; the caller's own list stays as it was."""
    monkeypatch.setenv(SWITCH, "eventbridge")
    entries = [{"Detail": '{"total": 10.00, "n": 1e400}'}, {"Detail": "{}"}, {"Detail": "[1]"}]
    result = sent("eventbridge.PutEvents", Entries=entries)["Entries"]
    assert [entry.get("Detail") for entry in result] == [
        '{"_shopfast_obs_correlation_id": "abc", "total": 10.00, "n": 1e400}',
        '{"_shopfast_obs_correlation_id": "abc"}',
        "[1]",
    ]
    assert entries[0]["Detail"] == '{"total": 10.00, "n": 1e400}'
    assert sent("lambda.Invoke", InvocationType="Event", Payload=b"{}")["Payload"] == b"{}"  # not asked for


def test_other_payloads_carry_it_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the type that they came in; not the input of a named execution, which makes a retry the same execution."""
    monkeypatch.setenv(SWITCH, "lambda, stepfunctions, kinesis")
    told = '{"_shopfast_obs_correlation_id": "abc", "a": 1}'
    assert sent("lambda.Invoke", InvocationType="Event", Payload=b'{"a": 1}')["Payload"] == told.encode()
    assert sent("lambda.Invoke", InvocationType="Event", Payload='{"a": 1}')["Payload"] == told
    assert sent("sfn.StartExecution", input='{"a": 1}') == {"input": told}
    assert sent("sfn.StartExecution") == {"input": '{"_shopfast_obs_correlation_id": "abc"}'}
    assert sent("sfn.StartExecution", name="order-1", input='{"a": 1}') == {"name": "order-1", "input": '{"a": 1}'}
    assert sent("kinesis.PutRecord", Data=b'{"a": 1}')["Data"] == told.encode()
    records = [{"Data": b"\xff\x00"}, {"Data": b"{hello world}"}, {"Data": b'{"a": 1}', "PartitionKey": "p"}]
    result = sent("kinesis.PutRecords", Records=list(records))["Records"]
    assert result == [*records[:2], {"Data": told.encode(), "PartitionKey": "p"}]


@pytest.mark.parametrize("operation", ["sns.Publish", "sqs.SendMessage"])
def test_messages_carry_it_as_an_attribute(operation: str) -> None:
    """Beside those of the caller, whose mapping stays as it was."""
    own = {"kind": {"DataType": "String", "StringValue": "x"}}
    assert sent(operation, MessageAttributes=own)["MessageAttributes"] == {**own, **ATTRIBUTE}
    assert own == {"kind": {"DataType": "String", "StringValue": "x"}}


@pytest.mark.parametrize(("operation", "body"), [("sns.Publish", "Message"), ("sqs.SendMessage", "MessageBody")])
def test_a_full_message_is_sent_as_it_is(operation: str, body: str) -> None:
    """Ten attributes, or as many bytes as the service takes: 256 KiB, or 1 MiB where it takes more."""
    ten = {f"a{i}": {"DataType": "String", "StringValue": "x"} for i in range(10)}
    assert sent(operation, MessageAttributes=dict(ten))["MessageAttributes"] == ten
    ours = len("correlation_id" + "String" + "abc")
    for limit in (256 * 1024, 1024 * 1024):
        assert "MessageAttributes" not in sent(operation, **{body: "x" * (limit - ours + 1)})
        assert sent(operation, **{body: "x" * (limit - ours)})["MessageAttributes"] == ATTRIBUTE
    assert sent(operation, **{body: "x" * 900_000})["MessageAttributes"] == ATTRIBUTE
    assert sent(operation, MessageAttributes=None) == {"MessageAttributes": None}  # botocore says what is wrong


@pytest.mark.parametrize(
    ("operation", "entries", "body"),
    [("sns.PublishBatch", "PublishBatchRequestEntries", "Message"), ("sqs.SendMessageBatch", "Entries", "MessageBody")],
)
def test_each_message_of_a_batch_carries_it(operation: str, entries: str, body: str) -> None:
    """Unless the batch as a whole would become too large."""
    result = sent(operation, **{entries: [{"Id": "1", body: "a"}, {"Id": "2", body: "b"}]})
    assert [entry["MessageAttributes"] for entry in result[entries]] == [ATTRIBUTE, ATTRIBUTE]
    full = sent(operation, **{entries: [{"Id": str(i), body: "x" * 26_210} for i in range(10)]})
    assert not any("MessageAttributes" in entry for entry in full[entries])


def test_a_synchronous_call_carries_it_in_the_client_context() -> None:
    """The payload is the callee's contract and stays; what was in the client context stays too."""
    own = base64.b64encode(json.dumps({"custom": {"k": "v"}, "env": {}}).encode()).decode()
    result = sent("lambda.Invoke", Payload=b"{}", ClientContext=own)
    assert result["Payload"] == b"{}"
    assert json.loads(base64.b64decode(result["ClientContext"])) == {
        "custom": {"k": "v", "correlation_id": "abc"},
        "env": {},
    }


def test_a_client_context_without_room_stays() -> None:
    """3,583 bytes are the limit."""
    own = base64.b64encode(json.dumps({"custom": {"k": "x" * 2640}}).encode()).decode()
    assert sent("lambda.Invoke", ClientContext=own)["ClientContext"] == own


def test_what_carries_an_id_already_keeps_it() -> None:
    """A message that is passed on keeps the id of who began."""
    own = {"correlation_id": {"DataType": "String", "StringValue": "first"}}
    assert sent("sns.Publish", MessageAttributes=dict(own))["MessageAttributes"] == own


def test_a_text_message_to_a_phone_is_left_alone() -> None:
    """Attributes mean something else there."""
    assert "MessageAttributes" not in sent("sns.Publish", PhoneNumber="+1", Message="x")


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("eventbridge.PutEvents", {"Entries": 5}),
        ("lambda.Invoke", {"ClientContext": "not base64 at all"}),
        ("lambda.Invoke", {"InvocationType": "Event", "Payload": b"\xff"}),
        ("sqs.SendMessageBatch", {}),
    ],
)
def test_parameters_that_are_not_understood_stay_as_they_were(operation: str, params: dict[str, Any]) -> None:
    """The service says what is wrong with them, not the layer."""
    assert sent(operation, **dict(params)) == params


def test_outside_of_a_request_nothing_is_added() -> None:
    """There is no id."""
    correlation.begin("")
    assert sent("sns.Publish", Message="x") == {"Message": "x"}


REAL = """
import json, os, sys
from contextlib import suppress
import shopfast_obs.runtime
from shopfast_obs.runtime import correlation
assert "botocore" not in sys.modules
import boto3
correlation.begin("abc")
machine = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
calls = {
    ("events", "put_events"): dict(Entries=[{"Detail": "{}"}]),
    ("sns", "publish"): dict(TopicArn="t", Message="m"),
    ("sns", "publish_batch"): dict(TopicArn="t", PublishBatchRequestEntries=[{"Id": "1", "Message": "m"}]),
    ("sqs", "send_message"): dict(QueueUrl="q", MessageBody="m"),
    ("sqs", "send_message_batch"): dict(QueueUrl="q", Entries=[{"Id": "1", "MessageBody": "m"}]),
    ("lambda", "invoke"): dict(FunctionName="f"),
    ("lambda", "invoke_async"): dict(FunctionName="f", InvocationType="Event"),
    ("stepfunctions", "start_execution"): dict(stateMachineArn=machine),
    ("stepfunctions", "start_sync_execution"): dict(stateMachineArn=machine),
    ("kinesis", "put_record"): dict(StreamName="s", PartitionKey="p", Data=b"{}"),
}
seen = {}


class Sent(Exception):
    pass


def answer(request, **_):
    header = request.headers.get("X-Amzn-Trace-Id")
    header = header.decode() if isinstance(header, bytes) else header
    context = request.headers.get("X-Amz-Client-Context")
    seen[name] = [header, bool(context) or "correlation_id" in str(request.body)]
    raise Sent


for name, params in calls.items():
    service, method = name
    name = f"{service}.{method}"
    method = method if method != "invoke_async" else "invoke"
    client = boto3.client(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    client.meta.events.register_last("before-send", answer)
    with suppress(Sent):
        getattr(client, method)(**params)
    if service == "sns":
        assert "correlation" not in client.generate_presigned_url(method, Params=params)
print(json.dumps(seen))
"""
ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def test_clients_that_are_made_after_the_import_carry_it() -> None:
    """With real botocore, imported only by the application: in its trace header, or beside the message."""
    function = {"AWS_LAMBDA_FUNCTION_NAME": "f", "_X_AMZN_TRACE_ID": ROOT}
    done = subprocess.run(
        [sys.executable, "-c", REAL], capture_output=True, text=True, check=False, env={**os.environ, **function}
    )
    assert done.returncode == 0, done.stderr
    field = f"{ROOT};CorrelationId=abc"
    assert json.loads(done.stdout) == {
        "events.put_events": [field, False],
        "sns.publish": [ROOT, True],
        "sns.publish_batch": [ROOT, True],
        "sqs.send_message": [ROOT, True],
        "sqs.send_message_batch": [ROOT, True],
        "lambda.invoke": [field, True],
        "lambda.invoke_async": [field, False],
        "stepfunctions.start_execution": [field, False],
        "stepfunctions.start_sync_execution": [field, False],
        "kinesis.put_record": [ROOT, False],
    }


def test_outside_of_lambda_no_header_is_added() -> None:
    """Botocore sends none there, and a test that compares requests sees none."""
    outside = {name: value for name, value in os.environ.items() if name != "AWS_LAMBDA_FUNCTION_NAME"}
    done = subprocess.run([sys.executable, "-c", REAL], capture_output=True, text=True, check=True, env=outside)
    assert {header for header, _ in json.loads(done.stdout).values()} == {None}


RETRIES = """
import json, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from shopfast_obs.runtime import outgoing_calls
outgoing_calls.install()
import boto3
from aws_xray_sdk.core import patch, xray_recorder

class Twice(BaseHTTPRequestHandler):
    seen = 0
    def do_POST(self):
        Twice.seen += 1
        status = 400 if Twice.seen < 3 else 200
        body = b'{"__type": "ThrottlingException"}' if status == 400 else b'{"TableNames": []}'
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): ...

server = HTTPServer(("127.0.0.1", 0), Twice)
threading.Thread(target=server.serve_forever, daemon=True).start()
patch(["botocore"])
xray_recorder.configure(sampling=False)
segment = xray_recorder.begin_segment("s")
keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
table = boto3.client("dynamodb", endpoint_url=f"http://127.0.0.1:{server.server_port}", **keys)
table.list_tables()
table.list_tables()
print(json.dumps([call.annotations for call in segment.subsegments]))
server.shutdown()
"""


def test_what_the_sdk_retried_is_in_the_trace() -> None:
    """On the call's own subsegment; a call that went well at once has no such annotation."""
    done = subprocess.run([sys.executable, "-c", RETRIES], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [{"sdk_retries": 2}, {}]
