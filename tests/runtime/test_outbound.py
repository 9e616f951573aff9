"""The correlation id goes out with every call that makes something else run, within each service's limits."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from typing import Any

import pytest

from shopfast_obs.runtime import correlation, outbound


@pytest.fixture(autouse=True)
def current() -> Any:
    """A request is being handled."""
    correlation.begin("abc")
    yield
    correlation.begin("")


def sent(operation: str, **params: Any) -> dict[str, Any]:
    """The parameters as the hook leaves them."""
    outbound.HOOKS[f"before-parameter-build.{operation}"](params=params, model=None, context={})
    return params


ATTRIBUTE = {"correlation_id": {"DataType": "String", "StringValue": "abc"}}


def test_events_carry_it_in_their_detail_and_nothing_else_of_it_changes() -> None:
    """Numbers keep their digits; the caller's own list stays as it was."""
    entries = [{"Detail": '{"total": 10.00, "n": 1e400}'}, {"Detail": "{}"}, {"Detail": "[1]"}, {"Source": "x"}]
    result = sent("eventbridge.PutEvents", Entries=entries)["Entries"]
    assert [entry.get("Detail") for entry in result] == [
        '{"_correlation_id": "abc", "total": 10.00, "n": 1e400}',
        '{"_correlation_id": "abc"}',
        "[1]",
        None,
    ]
    assert entries[0]["Detail"] == '{"total": 10.00, "n": 1e400}'


@pytest.mark.parametrize("operation", ["sns.Publish", "sqs.SendMessage"])
def test_messages_carry_it_as_an_attribute(operation: str) -> None:
    """Beside those of the caller, whose mapping stays as it was."""
    own = {"kind": {"DataType": "String", "StringValue": "x"}}
    assert sent(operation, MessageAttributes=own)["MessageAttributes"] == {**own, **ATTRIBUTE}
    assert own == {"kind": {"DataType": "String", "StringValue": "x"}}


@pytest.mark.parametrize(("operation", "body"), [("sns.Publish", "Message"), ("sqs.SendMessage", "MessageBody")])
def test_a_full_message_is_sent_as_it_is(operation: str, body: str) -> None:
    """Ten attributes, or as many bytes as the service takes."""
    ten = {f"a{i}": {"DataType": "String", "StringValue": "x"} for i in range(10)}
    assert sent(operation, MessageAttributes=dict(ten))["MessageAttributes"] == ten
    assert "MessageAttributes" not in sent(operation, **{body: "x" * 262_000})


@pytest.mark.parametrize(
    ("operation", "entries", "body"),
    [
        ("sns.PublishBatch", "PublishBatchRequestEntries", "Message"),
        ("sqs.SendMessageBatch", "Entries", "MessageBody"),
    ],
)
def test_each_message_of_a_batch_carries_it(operation: str, entries: str, body: str) -> None:
    """Unless the batch as a whole would become too large."""
    result = sent(operation, **{entries: [{"Id": "1", body: "a"}, {"Id": "2", body: "b"}]})
    assert [entry["MessageAttributes"] for entry in result[entries]] == [ATTRIBUTE, ATTRIBUTE]
    full = sent(operation, **{entries: [{"Id": str(i), body: "x" * 26_100} for i in range(10)]})
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


def test_an_asynchronous_call_carries_it_in_the_payload() -> None:
    """Lambda drops the client context there."""
    result = sent("lambda.Invoke", InvocationType="Event", Payload=b'{"a": 1}')
    assert result["Payload"] == b'{"_correlation_id": "abc", "a": 1}'
    assert "ClientContext" not in result


def test_a_client_context_without_room_stays() -> None:
    """3,583 bytes are the limit."""
    own = base64.b64encode(json.dumps({"custom": {"k": "x" * 2640}}).encode()).decode()
    assert sent("lambda.Invoke", ClientContext=own)["ClientContext"] == own


def test_a_workflow_is_started_with_it() -> None:
    """Also when nobody gave an input."""
    assert sent("sfn.StartExecution", input='{"a": 1}')["input"] == '{"_correlation_id": "abc", "a": 1}'
    assert sent("sfn.StartExecution")["input"] == '{"_correlation_id": "abc"}'


def test_what_carries_an_id_already_keeps_it() -> None:
    """A message that is passed on keeps the id of who began."""
    detail = '{"_correlation_id": "first"}'
    assert sent("eventbridge.PutEvents", Entries=[{"Detail": detail}])["Entries"][0]["Detail"] == detail
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
import sys
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
    ("stepfunctions", "start_execution"): dict(stateMachineArn=machine),
}
requests = []


def answer(params, **_):
    requests.append(repr(params))
    return type("Response", (), {"status_code": 200})(), {}


for (service, method), params in calls.items():
    client = boto3.client(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    client.meta.events.register("before-call", answer)
    getattr(client, method)(**params)
    assert "abc" in requests[-1] or "X-Amz-Client-Context" in requests[-1], (service, requests[-1])
print("ok")
"""


def test_clients_that_are_made_after_the_import_carry_it() -> None:
    """With real botocore, imported only by the application, and the real names of its events."""
    done = subprocess.run([sys.executable, "-c", REAL], capture_output=True, text=True, check=False)
    assert done.stdout == "ok\n", done.stderr


def test_kinesis_records_carry_it_in_data_that_is_a_json_object() -> None:
    """Other data goes out byte for byte."""
    assert sent("kinesis.PutRecord", Data=b'{"a": 1}')["Data"] == b'{"_correlation_id": "abc", "a": 1}'
    assert sent("kinesis.PutRecord", Data='{"a": 1}')["Data"] == '{"_correlation_id": "abc", "a": 1}'
    records = [{"Data": b"\xff\x00"}, {"Data": b"[1]"}]
    assert sent("kinesis.PutRecords", Records=list(records))["Records"] == records
    (changed,) = sent("kinesis.PutRecords", Records=[{"Data": b"{}", "PartitionKey": "p"}])["Records"]
    assert changed == {"Data": b'{"_correlation_id": "abc"}', "PartitionKey": "p"}


RETRIES = """
import json, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from shopfast_obs.runtime import outbound
outbound.install()
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
