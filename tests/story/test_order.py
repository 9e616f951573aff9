"""One order, followed by reading every store and queue that it passes; and the ways in which it may not pass."""

import json
import uuid
from typing import Any

import pytest
import urllib3

from tests.story.conftest import Project, eventually

pytestmark = [pytest.mark.cloud, pytest.mark.synth]

INVENTORY = "shopfast-inventory-service"
ARN = "arn:aws:{service}:us-east-1:000000000000:{name}"


def listen(project: Project, name: str) -> str:
    """A queue of the test's own; its URL."""
    url: str = project.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url


def messages(project: Project, url: str) -> list[dict[str, Any]]:
    """The bodies of the messages that wait in a queue, which are taken from it."""
    got = project.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in got]


def place(project: Project, product: str, key: str, token: str = "tok_visa") -> tuple[int, dict[str, Any]]:
    """Order two of a product as the frontend would; status and body."""
    order = {"customerId": "c-0001", "items": [{"productId": product, "quantity": 2}], "paymentToken": token}
    answer = urllib3.request(
        "POST", f"{project.outputs['ApiUrl']}orders", json=order, headers={"Idempotency-Key": key}, timeout=40
    )
    return answer.status, answer.json()


def item(project: Project, table: str, **key: str) -> dict[str, Any]:
    """One item of a table in plain types."""
    from boto3.dynamodb.types import TypeDeserializer

    got = project.client("dynamodb").get_item(TableName=table, Key={k: {"S": v} for k, v in key.items()})
    read = TypeDeserializer().deserialize
    return {name: read(value) for name, value in got.get("Item", {}).items()}


def status(project: Project, order: str) -> str:
    """The status of an order."""
    return str(item(project, "shopfast-orders", orderId=order).get("status"))


def executions(project: Project, order: str) -> list[dict[str, Any]]:
    """The executions of the workflow for an order."""
    api = project.client("stepfunctions")
    machine = ARN.format(service="states", name="stateMachine:shopfast-order-workflow")
    found = api.list_executions(stateMachineArn=machine)["executions"]
    return [e for e in found if order in api.describe_execution(executionArn=e["executionArn"])["input"]]


@pytest.fixture(scope="module")
def ears(project: Project) -> dict[str, str]:
    """Queues that hear what is on the bus and what customers are told."""
    bus, customers = listen(project, "test-bus"), listen(project, "test-customers")
    events = project.client("events")
    pattern = json.dumps({"source": ["shopfast.order-service"]})
    events.put_rule(Name="test-ear", EventBusName="shopfast-events", EventPattern=pattern)
    target = {"Id": "1", "Arn": ARN.format(service="sqs", name="test-bus")}
    events.put_targets(Rule="test-ear", EventBusName="shopfast-events", Targets=[target])
    topic = ARN.format(service="sns", name="shopfast-notifications")
    queue = ARN.format(service="sqs", name="test-customers")
    project.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    return {"bus": bus, "customers": customers}


def test_an_order_reaches_everything_it_should(project: Project, ears: dict[str, str]) -> None:
    """Stock, order, event, workflow, message, analytics: all of them are read."""
    before = item(project, "shopfast-inventory", productId="p-00007")["stock"]
    code, order = place(project, "p-00007", str(uuid.uuid4()))
    assert code == 201
    assert item(project, "shopfast-inventory", productId="p-00007")["stock"] == before - 2
    identifier = order["orderId"]
    assert eventually(lambda: status(project, identifier) == "COMPLETED"), status(project, identifier)

    (execution,) = executions(project, identifier)
    history = project.client("stepfunctions").get_execution_history(executionArn=execution["executionArn"])
    entered = [e["stateEnteredEventDetails"]["name"] for e in history["events"] if "stateEnteredEventDetails" in e]
    assert [name.lower() for name in entered] == ["payment", "shipping", "status"]
    assert eventually(lambda: executions(project, identifier)[0]["status"] == "SUCCEEDED")

    heard: set[str] = set()
    wanted = {"order.created", "order.shipped", "order.updated"}
    assert eventually(
        lambda: heard.update(e["detail-type"] for e in messages(project, ears["bus"])) or wanted <= heard
    ), heard
    told: list[str] = []
    assert eventually(
        lambda: told.extend(json.dumps(m) for m in messages(project, ears["customers"])) or len(told) >= 2
    ), told
    assert identifier in "".join(told)

    bucket = project.outputs["AnalyticsBucket"]
    s3 = project.client("s3")

    def analysed() -> bool:
        keys = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="inventory-updates/").get("Contents", [])]
        return any(b"p-00007" in s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys)

    assert eventually(analysed, 75)


def test_the_same_request_twice_is_one_order(project: Project) -> None:
    """A retry answers with the order of the first time and takes no more stock."""
    key = str(uuid.uuid4())
    code, first = place(project, "p-00008", key)
    stock = item(project, "shopfast-inventory", productId="p-00008")["stock"]
    again, second = place(project, "p-00008", key)
    assert (code, again) == (201, 200)
    assert first["orderId"] == second["orderId"]
    assert item(project, "shopfast-inventory", productId="p-00008")["stock"] == stock


def test_a_throttled_reservation_goes_through_the_queue(project: Project) -> None:
    """The customer is told that the order is pending; once there is capacity it is reserved and completed."""
    functions, queues = project.client("lambda"), project.client("sqs")
    url = queues.get_queue_url(QueueName="shopfast-order-queue")["QueueUrl"]
    soon = {"VisibilityTimeout": "5"}  # of 180 s: a reservation that was tried too early is tried again in time
    queues.set_queue_attributes(QueueUrl=url, Attributes=soon)
    functions.put_function_concurrency(FunctionName=INVENTORY, ReservedConcurrentExecutions=0)
    try:
        code, order = place(project, "p-00009", str(uuid.uuid4()))
        assert (code, order["status"]) == (202, "PENDING")
        assert status(project, order["orderId"]) == "PENDING"
        assert eventually(lambda: in_flight(project, url))  # it was tried while there was no capacity
    finally:
        functions.delete_function_concurrency(FunctionName=INVENTORY)
    assert eventually(lambda: status(project, order["orderId"]) == "COMPLETED", 90), status(project, order["orderId"])


def in_flight(project: Project, url: str) -> int:
    """How many messages of a queue a consumer has taken and not deleted."""
    name = "ApproximateNumberOfMessagesNotVisible"
    asked = project.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(asked["Attributes"][name])


def test_a_declined_payment_cancels_the_order(project: Project) -> None:
    """The workflow fails with the real reason and the stock is given back."""
    before = item(project, "shopfast-inventory", productId="p-00010")["stock"]
    _, order = place(project, "p-00010", str(uuid.uuid4()), token="tok_declined")
    assert eventually(lambda: status(project, order["orderId"]) == "CANCELLED"), status(project, order["orderId"])
    assert eventually(lambda: item(project, "shopfast-inventory", productId="p-00010")["stock"] == before)
    (execution,) = executions(project, order["orderId"])
    assert eventually(lambda: executions(project, order["orderId"])[0]["status"] == "FAILED")
    told = project.client("stepfunctions").describe_execution(executionArn=execution["executionArn"])
    assert told["error"] == "PaymentDeclined"


def test_a_notification_that_cannot_be_processed_ends_in_the_dead_letter_queue(project: Project) -> None:
    """It is retried, given up, and kept."""
    topic = ARN.format(service="sns", name="shopfast-order-events")
    project.client("sns").publish(TopicArn=topic, Message="this is not an event")
    url = project.client("sqs").get_queue_url(QueueName="shopfast-notification-dlq")["QueueUrl"]

    def depth() -> int:
        asked = project.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(asked["Attributes"]["ApproximateNumberOfMessages"])

    assert eventually(lambda: depth() == 1, 200), depth()
