"""A producer's real botocore calls, and the events that a receiver gets from them, as each service makes them."""

import itertools
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import boto3
from aws_lambda_powertools.utilities.jmespath_utils import query
from botocore.awsrequest import AWSResponse

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:pay"
STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
_numbers = itertools.count()


class Delivery(NamedTuple):
    """What reaches the receiver: its event, and the trace header that its environment tells."""

    event: Any
    header: str


class Integration(NamedTuple):
    """A way from one function to another. `place` finds the order in the event, `key` what is the same in a retry."""

    service: str
    call: Callable[[Any, str], object]
    event: Callable[[dict[str, Any], dict[str, str], bytes], Any]
    place: str = "@"
    key: str = ""


def _put_events(events: Any, text: str) -> object:
    return events.put_events(Entries=[{"Source": "shop", "DetailType": "OrderPlaced", "Detail": text}])


def _eventbridge(sent: dict[str, Any], _: dict[str, str], __: bytes) -> Any:
    (entry,) = sent["Entries"]
    return {
        "version": "0",
        "id": f"6a7e8feb-b491-4cf7-a9f1-bf37{next(_numbers):08}",
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": "123456789012",
        "time": "2026-03-01T18:43:48Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": json.loads(entry["Detail"]),
    }


def _send_message(sqs: Any, text: str) -> object:
    return sqs.send_message(QueueUrl="https://sqs.eu-west-1.amazonaws.com/123456789012/orders", MessageBody=text)


def _sqs(sent: dict[str, Any], headers: dict[str, str], _: bytes) -> Any:
    attributes = {
        name: {"stringValue": value["StringValue"], "dataType": value["DataType"]}
        for name, value in sent.get("MessageAttributes", {}).items()
    }
    record = {
        "messageId": f"059f36b4-87a3-44ab-83d2-6619{next(_numbers):08}",
        "receiptHandle": f"receipt-{next(_numbers)}",
        "body": sent["MessageBody"],
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
            "AWSTraceHeader": headers["x-amzn-trace-id"],
        },
        "messageAttributes": attributes,
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE,
        "awsRegion": "eu-west-1",
    }
    return {"Records": [record]}


def _put_record(kinesis: Any, text: str) -> object:
    return kinesis.put_record(StreamName="orders", Data=text.encode(), PartitionKey="o-1")


def _kinesis(sent: dict[str, Any], _: dict[str, str], __: bytes) -> Any:
    record = {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": sent["PartitionKey"],
            "sequenceNumber": f"{next(_numbers)}",
            "data": sent["Data"],
            "approximateArrivalTimestamp": 1607497475.0,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000006:{next(_numbers)}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:aws:iam::123456789012:role/pay",
        "awsRegion": "eu-west-1",
        "eventSourceARN": STREAM,
    }
    return {"Records": [record]}


def _start_execution(sfn: Any, text: str) -> object:
    return sfn.start_execution(stateMachineArn="arn:aws:states:eu-west-1:123456789012:stateMachine:pay", input=text)


def _invoke(functions: Any, text: str) -> object:
    return functions.invoke(FunctionName="pay", InvocationType="Event", Payload=text.encode())


DOORS = {
    "eventbridge": Integration("events", _put_events, _eventbridge, "detail", "detail"),
    "sqs": Integration("sqs", _send_message, _sqs, "powertools_json(Records[0].body)", "Records[0].body"),
    "kinesis": Integration(
        "kinesis",
        _put_record,
        _kinesis,
        "powertools_json(powertools_base64(Records[0].kinesis.data))",
        "Records[0].kinesis.data",
    ),
    "stepfunctions": Integration("stepfunctions", _start_execution, lambda sent, *_: json.loads(sent["input"])),
    "lambda": Integration("lambda", _invoke, lambda _, __, body: json.loads(body)),
}


def sent(door: Integration, text: str) -> Delivery:
    """What the receiver gets of a call that sends the text; the service is not asked."""
    seen: list[Any] = []

    def answer(request: Any, **_: object) -> AWSResponse:
        seen.append(request)
        made = AWSResponse(request.url, 200, {}, None)
        made._content = b"{}"
        return made

    client = boto3.client(
        door.service, region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    # The same event as the layer's hooks, so that it comes behind them and before moto.
    client.meta.events.register_last(f"before-send.{client.meta.service_model.service_id.hyphenize()}.*", answer)
    door.call(client, text)
    (request,) = seen
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    body = request.body if isinstance(request.body, bytes) else request.body.encode()
    return Delivery(door.event(json.loads(body), headers, body), headers["x-amzn-trace-id"])


def order_of(door: Integration, event: Any) -> Any:
    """The order where the receiver looks for it."""
    return event if door.place == "@" else query(event, door.place)


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
