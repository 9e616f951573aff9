"""Every kind of alarm that ShopFast can trigger fires under its cause and recovers without it."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from shopfast_obs.alarms.catalogue import kinds
from tests.story.conftest import Project, eventually

pytestmark = [pytest.mark.cloud, pytest.mark.synth, pytest.mark.xdist_group("cloud")]

PRODUCT, INVENTORY = "shopfast-product-service", "shopfast-inventory-service"
ACCOUNT = "us-east-1:000000000000"


def states(project: Project) -> dict[str, str]:
    """The state of every alarm."""
    pages = project.client("cloudwatch").get_paginator("describe_alarms").paginate()
    return {alarm["AlarmName"]: alarm["StateValue"] for page in pages for alarm in page["MetricAlarms"]}


def wait_for(project: Project, names: set[str], state: str, cause: Callable[[], Any]) -> None:
    """Cause it minute after minute of the cloud's clock until all the alarms have the state."""
    for _ in range(8):
        cause()
        project.advance(60)
        if eventually(lambda: all(states(project)[name] == state for name in names), 4):
            return
    pytest.fail(f"not {state}: { {n: s for n, s in states(project).items() if n in names and s != state} }")


@pytest.fixture(scope="module")
def watched(project: Project) -> str:
    """The project with its alarms, and a queue that hears what they send; its URL."""
    project.run("alarms apply")
    project.run("deploy")
    url: str = project.client("sqs").create_queue(QueueName="test-pager")["QueueUrl"]
    project.client("sns").subscribe(
        TopicArn=f"arn:aws:sns:{ACCOUNT}:shopfast-alarms", Protocol="sqs", Endpoint=f"arn:aws:sqs:{ACCOUNT}:test-pager"
    )
    return url


def test_every_kind_is_deployed_and_at_rest(project: Project, watched: str) -> None:
    """A catalogue without an alarm of one kind would not test it."""
    found = {next(k.id for k in kinds() if name.endswith(f"-{k.id}")) for name in states(project)}
    assert found == {kind.id for kind in kinds()}
    assert "ALARM" not in states(project).values()


def test_a_failing_catalogue_fires_error_rate_duration_and_url(project: Project, watched: str) -> None:
    """The planted issue itself: three alarms for one cause, and one e-mail for each."""
    url = f"{project.outputs['ProductsUrl']}products"
    names = {f"{PRODUCT}-{kind}" for kind in ("error-rate", "duration-near-timeout", "url-5xx")}
    wait_for(project, names, "ALARM", lambda: urllib3.request("GET", url, timeout=40, retries=False))
    sqs = project.client("sqs")
    heard: dict[str, str] = {}

    def listen() -> bool:
        for message in sqs.receive_message(QueueUrl=watched, MaxNumberOfMessages=10).get("Messages", []):
            alarm = json.loads(json.loads(message["Body"])["Message"])
            heard[alarm["AlarmName"]] = alarm["NewStateValue"]
        return names <= set(heard)

    assert eventually(listen), heard
    assert {heard[name] for name in names} == {"ALARM"}
    wait_for(project, names, "OK", lambda: urllib3.request("GET", f"{url}/p-00001", timeout=40, retries=False))


def test_a_throttled_function_and_a_failing_api_fire(project: Project, watched: str) -> None:
    """No concurrency left: Lambda throttles, the API answers 5xx."""
    functions = project.client("lambda")
    url = f"{project.outputs['ApiUrl']}inventory/p-00001"
    functions.put_function_concurrency(FunctionName=INVENTORY, ReservedConcurrentExecutions=0)
    names = {f"{INVENTORY}-throttles", "shopfast-api-api-5xx"}
    try:
        wait_for(project, names, "ALARM", lambda: urllib3.request("GET", url, timeout=40, retries=False))
    finally:
        functions.delete_function_concurrency(FunctionName=INVENTORY)
    wait_for(project, names, "OK", lambda: urllib3.request("GET", url, timeout=40, retries=False))


def test_a_failed_workflow_fires(project: Project, watched: str) -> None:
    """A declined payment is an execution that failed."""
    order = {"customerId": "c", "items": [{"productId": "p-00002", "quantity": 1}], "paymentToken": "tok_declined"}

    def buy() -> None:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        urllib3.request("POST", f"{project.outputs['ApiUrl']}orders", json=order, headers=headers, timeout=40)
        time.sleep(3)

    name = {"shopfast-order-workflow-workflow-failures"}
    wait_for(project, name, "ALARM", buy)
    wait_for(project, name, "OK", lambda: None)


def test_a_dead_letter_fires_until_somebody_takes_it(project: Project, watched: str) -> None:
    """The depth is what counts, for as long as the message lies there."""
    sqs = project.client("sqs")
    url = sqs.get_queue_url(QueueName="shopfast-inventory-dlq")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="given up")
    name = {"shopfast-inventory-dlq-dead-letters"}
    wait_for(project, name, "ALARM", lambda: None)
    sqs.purge_queue(QueueUrl=url)
    wait_for(project, name, "OK", lambda: None)


def test_an_undeliverable_event_fires(project: Project, watched: str) -> None:
    """The rule's target is gone: the event matches and cannot be delivered."""
    sns, events = project.client("sns"), project.client("events")
    topic = f"arn:aws:sns:{ACCOUNT}:shopfast-order-events"
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.delete_topic(TopicArn=topic)
    event = {"Source": "shopfast.order-service", "DetailType": "order.updated", "EventBusName": "shopfast-events"}
    name = {"shopfast-order-events-delivery-failures"}
    try:
        wait_for(project, name, "ALARM", lambda: events.put_events(Entries=[{**event, "Detail": "{}"}]))
    finally:
        sns.create_topic(Name="shopfast-order-events")
        for subscription in subscriptions:
            sns.subscribe(TopicArn=topic, Protocol=subscription["Protocol"], Endpoint=subscription["Endpoint"])
    wait_for(project, name, "OK", lambda: None)


@pytest.mark.parametrize("operation", ["read", "write"])
def test_a_throttled_table_fires(project: Project, watched: str, operation: str) -> None:
    """DynamoDB throttles on order of the test: an on-demand table has no capacity that one could use up."""
    call = {"read": "GetItem", "write": "PutItem"}[operation]
    dynamodb = project.client("dynamodb")

    def use() -> None:
        with contextlib.suppress(dynamodb.exceptions.ProvisionedThroughputExceededException):
            if operation == "read":
                dynamodb.get_item(TableName="shopfast-products", Key={"productId": {"S": "p-00001"}})
            else:
                dynamodb.put_item(TableName="shopfast-products", Item={"productId": {"S": "test"}})

    fault = {"service": "dynamodb", "operation": call, "error": "ProvisionedThroughputExceededException"}
    endpoint = dynamodb.meta.endpoint_url
    name = {f"shopfast-products-table-{operation}-throttles"}
    made = urllib3.request("POST", f"{endpoint}/_shopfast/faults", json=fault)
    assert made.status == 200
    try:
        wait_for(project, name, "ALARM", use)
    finally:
        urllib3.request("DELETE", f"{endpoint}/_shopfast/faults")
    wait_for(project, name, "OK", use)
