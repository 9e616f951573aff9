"""The correlation id comes in with every kind of event."""

import base64
import json
from types import SimpleNamespace

import pytest

from shopfast_obs.runtime.sources import of, take_out_execution

CONTEXT = SimpleNamespace(aws_request_id="request-1", client_context=None)
DETAIL = {"orderId": "o-1", "_correlation_id": "abc"}
BUS_EVENT = {"version": "0", "id": "event-1", "detail-type": "order.created", "detail": DETAIL}
NOTIFICATION = {"Type": "Notification", "Message": "hello", "MessageAttributes": {"correlation_id": {"Value": "abc"}}}
DATA = base64.b64encode(json.dumps(DETAIL).encode()).decode()
OCTETS = {"bytes": [97, 98, 99]}

EVENTS = {
    "API Gateway REST": {"httpMethod": "GET", "headers": {"X-Correlation-Id": "abc"}},
    "Function URL": {"version": "2.0", "headers": {"x-correlation-id": "abc"}},
    "API Gateway REST, several values": {"httpMethod": "GET", "multiValueHeaders": {"X-Correlation-Id": ["abc"]}},
    "load balancer, several values": {
        "requestContext": {"elb": {}},
        "multiValueHeaders": {"x-correlation-id": ["abc"]},
    },
    "VPC Lattice": {"version": "2.0", "headers": {"x-correlation-id": ["abc"]}},
    "AppSync": {"arguments": {}, "request": {"headers": {"x-correlation-id": "abc"}}},
    "AppSync, several fields": [{"source": n, "request": {"headers": {"x-correlation-id": "abc"}}} for n in (1, 2)],
    "CloudFront": {"Records": [{"cf": {"request": {"headers": {"x-correlation-id": [{"key": "X", "value": "abc"}]}}}}]},
    "Kafka, header": {"records": {"orders-0": [{"topic": "orders", "headers": [{"correlation_id": [97, 98, 99]}]}]}},
    "Kafka, value": {"eventSource": "aws:kafka", "records": {"a-0": [], "b-1": [{"headers": [], "value": DATA}]}},
    "Firehose": {"deliveryStreamArn": "arn", "records": [{"recordId": "1", "data": DATA}]},
    "Kinesis": {"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": DATA}}]},
    "RabbitMQ": {"rmqMessagesByQueue": {"q::/": [{"basicProperties": {"headers": {"correlation_id": OCTETS}}}]}},
    "ActiveMQ": {"eventSource": "aws:mq", "messages": [{"data": "eA==", "properties": {"correlation_id": "abc"}}]},
    "a pipe from SQS": [{"body": "x", "messageAttributes": {"correlation_id": {"stringValue": "abc"}}}],
    "a pipe from Kinesis": [{"eventSource": "aws:kinesis", "data": DATA}],
    "a pipe from DynamoDB": [{"dynamodb": {"NewImage": {"_correlation_id": {"S": "abc"}}}}],
    "a pipe, after its transformer": [{"order": DETAIL}],
    "a pipe that has read the body": [{"messageId": "m", "body": DETAIL}],
    "a deleted item": {
        "Records": [{"eventName": "REMOVE", "dynamodb": {"OldImage": {"_correlation_id": {"S": "abc"}}}}]
    },
    "EventBridge": BUS_EVENT,
    "SNS": {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "x", **NOTIFICATION}}]},
    "EventBridge through SNS": {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(BUS_EVENT)}}]},
    "SQS": {"Records": [{"body": "x", "messageAttributes": {"correlation_id": {"stringValue": "abc"}}}]},
    "SNS through SQS": {"Records": [{"body": json.dumps(NOTIFICATION), "messageAttributes": {}}]},
    "EventBridge through SQS": {"Records": [{"body": json.dumps(BUS_EVENT)}]},
    "EventBridge through SNS and SQS": {"Records": [{"body": json.dumps({"Message": json.dumps(BUS_EVENT)})}]},
    "Step Functions, whole input": DETAIL,
    "Step Functions, told its execution": {"orderId": "o-1", "_execution": {"Id": "arn", "Name": "n", "Input": DETAIL}},
    "Step Functions, a part of it": {"task": "payment", "order": DETAIL},
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_the_id_is_found_in(event: object) -> None:
    """Where the sender, or the layer on the sender's side, has put it."""
    assert of(event, CONTEXT) == "abc"


@pytest.mark.parametrize(
    "client", [{"custom": {"correlation_id": "abc"}}, SimpleNamespace(custom={"correlation_id": "abc"})]
)
def test_a_direct_call_carries_it_in_the_client_context(client: object) -> None:
    """It wins over what a forwarded payload says."""
    context = SimpleNamespace(aws_request_id="r", client_context=client)
    assert of({"headers": {"x-correlation-id": "other"}}, context) == "abc"


@pytest.mark.parametrize(
    "event",
    [
        {},
        [],
        "text",
        None,
        {"headers": None, "Records": None},
        {"Records": ["x", {"body": 5, "messageAttributes": None, "Sns": None}]},
        {"Records": [{"body": "{correlation_id broken"}]},
        {"Records": [{"body": '"correlation_id"'}]},
        {"headers": {"x-correlation-id": ""}},
        {"headers": {"x-correlation-id": "x" * 129}},
        {"headers": {"x-correlation-id": "line\nbreak"}},
        {"_correlation_id": 7},
        {"multiValueHeaders": {"x-correlation-id": []}},
        {"request": {"headers": "none"}},
        {"records": {"orders-0": [{"headers": [{"correlation_id": [-1, 300, "x"]}, "x"], "value": None}]}},
        {"records": {"orders-0": [{"headers": [{"correlation_id": [-1, -2]}], "value": "%%"}]}},
        {"rmqMessagesByQueue": {"q::/": [{"basicProperties": None, "data": "%"}]}},
        {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "a"}}, "userIdentity": {}}]},
        {"Records": [{"dynamodb": {"Keys": {}, "OldImage": None}}]},
        [[], "x", None, {"data": 5}],
        {"sessionState": {}, "inputTranscript": "hello"},
        {"triggerSource": "PreSignUp_SignUp", "request": {"userAttributes": {}}, "response": {}},
    ],
)
def test_anything_else_begins_a_new_id(event: object) -> None:
    """The request's own, without a trace."""
    assert of(event, CONTEXT) == "request-1"


def test_the_trace_is_the_new_id_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hop that drops unknown fields but carries the trace header arrives at the same id."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
    assert of({}, CONTEXT) == "1-5759e988-bd862e3fe1be46a994272793"


def test_without_a_context_there_is_an_id_too() -> None:
    """Never empty."""
    assert len(of({}, None)) == 36


def test_a_large_payload_is_not_searched_to_its_end() -> None:
    """A thousand rows cost as much as two hundred."""
    rows: list[dict[str, dict[str, object]]] = [{"deep": {"n": i}} for i in range(1000)]
    rows[-1]["deep"]["_correlation_id"] = "late"
    assert of({"rows": rows}, CONTEXT) == "request-1"


def test_tasks_of_an_execution_without_an_id_share_its_name_and_never_see_it() -> None:
    """Executions that were started by hand, or before the workflow's callers were instrumented."""
    event = {"task": "pay", "_execution": {"Id": "arn:x", "Name": "run-7", "Input": {"orderId": "o-1"}}}
    assert of(event, CONTEXT) == "run-7"
    take_out_execution(event)
    assert event == {"task": "pay"}
    own = {"_execution": "a field of the application"}
    take_out_execution(own)
    assert own == {"_execution": "a field of the application"}
