"""ShopFast's resources in an account in memory, and how a test sees what reached them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import boto3

REGION = "us-east-1"
ACCOUNT = "123456789012"
BUS = "shopfast-events"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
}


@dataclass
class Account:
    """What a test reads to see what a service did. Whatever goes to a topic can be read from the queue of its name."""

    tables: dict[str, Any]
    queues: dict[str, str]
    sqs: Any
    _entries: list[dict[str, Any]] = field(default_factory=list)

    def received(self, queue: str) -> list[dict[str, Any]]:
        """The bodies of the messages that arrived since the last look."""
        bodies, url = [], self.queues[queue]
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                bodies.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """The (detail-type, detail) of the events that went to ShopFast's bus since the last look."""
        entries, self._entries = self._entries, []
        assert all((e["EventBusName"], e["Source"]) == (BUS, "shopfast.order-service") for e in entries)
        return [(entry["DetailType"], json.loads(entry["Detail"])) for entry in entries]

    def watch(self, events: Any) -> None:
        """Keep what this EventBridge client puts; moto's bus has no target that could be read without more packages."""
        name = "provide-client-params.events.PutEvents"
        events.meta.events.register(name, lambda params, **_: self._entries.extend(params["Entries"]))

    def items(self, table: str) -> list[dict[str, Any]]:
        """All items of a table that fits on a page."""
        return self.tables[table].scan()["Items"]

    def clear(self) -> None:
        """Forget all items, messages and events."""
        self._entries = []
        for table in self.tables.values():
            key = table.key_schema[0]["AttributeName"]
            while items := table.scan(ProjectionExpression=key)["Items"]:  # a page, and the next
                with table.batch_writer() as writer:
                    for item in items:
                        writer.delete_item(Key=item)
        for queue in self.queues:
            self.received(queue)  # SQS purges a queue once a minute at most


def create() -> tuple[Account, dict[str, str]]:
    """The resources, and the environment of the functions as the CDK app sets it."""
    sqs = boto3.client("sqs")
    queues = {n: sqs.create_queue(QueueName=n)["QueueUrl"] for n in ("orders", "inventory", "notifications")}
    account = Account(_tables(), queues, sqs)
    boto3.client("events").create_event_bus(Name=BUS)
    secret = boto3.client("secretsmanager").create_secret(Name="payment", SecretString='{"apiKey": "k"}')
    environment = {
        **{f"{name.upper()}_TABLE": table.name for name, table in account.tables.items()},
        **_topics("inventory", "notifications"),
        "EVENT_BUS_NAME": BUS,
        "ORDER_QUEUE_URL": queues["orders"],
        "INVENTORY_FUNCTION_NAME": "shopfast-inventory-service",
        "PAYMENT_SECRET_ARN": secret["ARN"],
    }
    return account, environment


def _tables() -> dict[str, Any]:
    dynamodb = boto3.resource("dynamodb")

    def table(name: str, key: str, *more: str, **index: Any) -> Any:
        return dynamodb.create_table(
            TableName=f"shopfast-{name}",
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in (key, *more)],
            BillingMode="PAY_PER_REQUEST",
            **index,
        )

    keys = (("customerId", "HASH"), ("createdAt", "RANGE"))
    by_customer = {
        "IndexName": "by-customer",
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        "Projection": {"ProjectionType": "ALL"},
    }
    return {
        "products": table("products", "productId"),
        "orders": table("orders", "orderId", "customerId", "createdAt", GlobalSecondaryIndexes=[by_customer]),
        "inventory": table("inventory", "productId"),
    }


def _topics(*names: str) -> dict[str, str]:
    sns, environment = boto3.client("sns"), {}
    for name in names:
        arn = sns.create_topic(Name=name)["TopicArn"]
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=_queue_arn(name))
        environment[f"{name.upper()}_TOPIC_ARN"] = arn
    return environment


def _queue_arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


@dataclass
class Warehouse:
    """Stands in for `lambda:Invoke`: runs the real inventory service, or fails the way `trouble` says."""

    service: SimpleNamespace
    trouble: Callable[[], dict[str, Any]] | None = None
    calls: list[dict[str, Any]] = field(default_factory=list)

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - the SDK's names
        """What boto3's Lambda client answers."""
        self.calls.append(json.loads(Payload))
        if self.trouble is not None:
            return self.trouble()
        return answered(self.service.handler.lambda_handler(json.loads(Payload), None))


def answered(payload: Any, error: str | None = None) -> dict[str, Any]:
    """An answer of the Lambda API with that payload."""
    stream = SimpleNamespace(read=lambda: json.dumps(payload).encode())
    return {"StatusCode": 200, "Payload": stream} | ({"FunctionError": error} if error else {})
