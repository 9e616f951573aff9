"""A correlation id on its way through the services: beside the payload, which stays as its producer made it.

A producer is retried with the same order. Its receiver is strict about what it takes, and pays once: by the idempotency
of Powertools.
"""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shopfast_obs.localcloud import process
from shopfast_obs.runtime import bundle
from tests.localcloud.conftest import eventually
from tests.localcloud.whole import client

pytestmark = pytest.mark.cloud
ROADS = ("eventbridge", "sqs", "kinesis", "stepfunctions", "asynchronous")
ROLE = "arn:aws:iam::000000000000:role/r"
POWERTOOLS = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python311-x86_64:29"

SOURCE = """
import base64
import json
import os
from dataclasses import dataclass

import boto3
from shopfast_obs.runtime import observed
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent

logger = Logger()
store = DynamoDBPersistenceLayer(table_name="paid")
key = "[road || detail.road || Records[0].body || Records[0].kinesis.data, order || detail.order]"


@dataclass
class Order:
    road: str
    order: int


def orders(event):
    if "Records" in event:
        for record in event["Records"]:
            text = record["body"] if "body" in record else base64.b64decode(record["kinesis"]["data"])
            yield Order(**json.loads(text))
    else:
        yield Order(**event.get("detail", event))


@idempotent(persistence_store=store, config=IdempotencyConfig(event_key_jmespath=key))
def pay(event, context):
    for order in orders(event):
        logger.info("paid", road=order.road)
    return "paid"


@observed
@logger.inject_lambda_context
def receive(event, context):
    answer = pay(event, context)
    logger.info("received", event=event)
    return answer


@observed
@logger.inject_lambda_context
def produce(event, context):
    road, text = event["road"], json.dumps(event)
    logger.info("sent", road=road)
    if road == "eventbridge":
        entry = {"EventBusName": "orders", "Source": "shop", "DetailType": "Ordered", "Detail": text}
        boto3.client("events").put_events(Entries=[entry])
    elif road == "sqs":
        queues = boto3.client("sqs")
        queues.send_message(QueueUrl=queues.get_queue_url(QueueName="orders")["QueueUrl"], MessageBody=text)
    elif road == "kinesis":
        boto3.client("kinesis").put_record(StreamName="orders", PartitionKey="p", Data=text.encode())
    elif road == "stepfunctions":
        workflows, name = boto3.client("stepfunctions"), f"order-{event['order']}"
        return workflows.start_execution(stateMachineArn=os.environ["MACHINE"], name=name, input=text)["executionArn"]
    else:
        boto3.client("lambda").invoke(FunctionName="receiver", InvocationType="Event", Payload=text)
"""


@pytest.fixture(scope="module")
def shop(info: process.CloudInfo) -> process.CloudInfo:
    """A producer and a receiver with five roads between them."""
    aws = {name: client(info, name) for name in ("lambda", "events", "sqs", "kinesis", "stepfunctions", "dynamodb")}
    receiver = function(aws["lambda"], "receiver", "app.receive", {})
    key = {"AttributeName": "id"}
    aws["dynamodb"].create_table(
        TableName="paid", KeySchema=[{**key, "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{**key, "AttributeType": "S"}],
    )  # fmt: skip
    aws["events"].create_event_bus(Name="orders")
    aws["events"].put_rule(Name="orders", EventBusName="orders", EventPattern='{"source": ["shop"]}')
    aws["events"].put_targets(Rule="orders", EventBusName="orders", Targets=[{"Id": "t", "Arn": receiver}])
    url = aws["sqs"].create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
    asked = aws["sqs"].get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    aws["lambda"].create_event_source_mapping(
        EventSourceArn=asked["Attributes"]["QueueArn"], FunctionName="receiver", BatchSize=1
    )
    aws["kinesis"].create_stream(StreamName="orders", ShardCount=1)
    stream = aws["kinesis"].describe_stream(StreamName="orders")["StreamDescription"]["StreamARN"]
    aws["lambda"].create_event_source_mapping(
        EventSourceArn=stream, FunctionName="receiver", BatchSize=1, StartingPosition="TRIM_HORIZON"
    )
    wait = {"Type": "Wait", "Seconds": 60, "End": True}  # a retry finds the execution running
    states = {"Pay": {"Type": "Task", "Resource": receiver, "Next": "Wait"}, "Wait": wait}
    machine = aws["stepfunctions"].create_state_machine(
        name="orders", definition=json.dumps({"StartAt": "Pay", "States": states}), roleArn=ROLE
    )["stateMachineArn"]
    asked_for = {"MACHINE": machine, "SHOPFAST_OBS_CORRELATION_PAYLOADS": "kinesis"}
    function(aws["lambda"], "producer", "app.produce", asked_for)
    return info


def function(api: Any, name: str, handler: str, variables: dict[str, str]) -> str:
    """An instrumented function; its ARN."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", SOURCE)
        for path, data in bundle.contents():
            archive.writestr(path, data)
    created = api.create_function(
        FunctionName=name, Runtime="python3.11", Handler=handler, Role=ROLE, Code={"ZipFile": code.getvalue()},
        MemorySize=1769, Timeout=30, Layers=[POWERTOOLS], Environment={"Variables": variables},
    )  # fmt: skip
    return str(created["FunctionArn"])


def lines(info: process.CloudInfo, name: str) -> Iterator[dict[str, Any]]:
    """What a function logged as JSON."""
    api = client(info, "logs")
    pages = api.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{name}")
    try:
        for page in pages:
            yield from (json.loads(e["message"]) for e in page["events"] if e["message"].startswith("{"))
    except api.exceptions.ResourceNotFoundException:  # its first invocation is not recorded yet
        return


def said(info: process.CloudInfo, name: str, message: str, road: str) -> list[dict[str, Any]]:
    """The lines with that message of that road's orders."""
    return [line for line in lines(info, name) if line["message"] == message and road in json.dumps(line)]


@pytest.mark.parametrize("road", ROADS)
def test_a_retried_order_is_paid_once_and_keeps_its_id(shop: process.CloudInfo, road: str) -> None:
    """The id is the caller's, and in the lines of both functions; the receiver sees nothing but the order."""
    order, told = {"road": road, "order": 1}, f"shopper-{road}"
    sending = base64.b64encode(json.dumps({"custom": {"correlation_id": told}}).encode()).decode()
    answers = []
    for _ in range(2):
        done = client(shop, "lambda").invoke(FunctionName="producer", Payload=json.dumps(order), ClientContext=sending)
        answers.append(done["Payload"].read())
        assert "FunctionError" not in done, answers
    assert answers[0] == answers[1]  # a named execution is the same one
    expected = 1 if road == "stepfunctions" else 2
    eventually(lambda: len(said(shop, "receiver", "received", road)) == expected, 40)
    received = said(shop, "receiver", "received", road)
    assert len(said(shop, "receiver", "paid", road)) == 1
    assert not [line for line in lines(shop, "receiver") if line["level"] == "ERROR"]
    every = [*received, *said(shop, "receiver", "paid", road), *said(shop, "producer", "sent", road)]
    assert {line["correlation_id"] for line in every} == {told}
    assert "_shopfast_obs_correlation_id" not in json.dumps([line["event"] for line in received])


def test_without_an_id_of_the_caller_the_trace_s_own_is_the_id(shop: process.CloudInfo) -> None:
    """It is in every trace header, also where a service drops an application's fields."""
    client(shop, "lambda").invoke(FunctionName="producer", Payload=b'{"road": "eventbridge", "order": 2}')
    find: Callable[[], list[dict[str, Any]]] = lambda: said(shop, "receiver", "received", '"order": 2')  # noqa: E731
    (line,) = eventually(find, 40)
    (sent,) = [each for each in lines(shop, "producer") if each["correlation_id"] == each["xray_trace_id"]]
    assert line["correlation_id"] == line["xray_trace_id"] == sent["correlation_id"]
