"""What the order service asks of others: stock, the bus, the queue, the payment key."""

from __future__ import annotations

import functools
import json
import os
from decimal import Decimal
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

INVENTORY = os.environ["INVENTORY_FUNCTION_NAME"]
BUS = os.environ["EVENT_BUS_NAME"]
QUEUE_URL = os.environ["ORDER_QUEUE_URL"]
SECRET = os.environ["PAYMENT_SECRET_ARN"]
SOURCE = "shopfast.order-service"
THROTTLES = {"TooManyRequestsException", "ThrottlingException", "EC2ThrottledException"}

# Whoever places an order is waiting: one attempt, then the queue takes over.
functions = boto3.client("lambda", config=Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1}))
events = boto3.client("events")
sqs = boto3.client("sqs")
secrets = boto3.client("secretsmanager")


class StockBusyError(Exception):
    """The reservation was throttled or took too long; it may succeed later, and may even have happened."""


class OutOfStockError(Exception):
    """There is not enough stock for the order."""

    def __init__(self, message: str, products: list[str]) -> None:
        super().__init__(message)
        self.products = products


class InventoryFailedError(Exception):
    """The inventory service broke, or did not accept the request."""


def reserve_stock(order_id: str, wanted: dict[str, int]) -> list[dict[str, Any]]:
    """The reserved lines: productId, quantity and, where it is known, unitPrice."""
    items = [{"productId": product_id, "quantity": quantity} for product_id, quantity in wanted.items()]
    status, body = _inventory("/inventory/reserve", {"orderId": order_id, "items": items})
    if status == 409 and body.get("products"):
        raise OutOfStockError(body["error"], body["products"])
    lines: list[dict[str, Any]] = _accepted(status, body)["items"]
    return lines


def release_stock(order_id: str) -> None:
    _accepted(*_inventory("/inventory/release", {"orderId": order_id}))


def put_event(kind: str, order: dict[str, Any]) -> None:
    entry = {"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(order), "EventBusName": BUS}
    answer = events.put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"{kind} of {order['orderId']} is not on the bus: {answer['Entries'][0]['ErrorCode']}")


def enqueue(order_id: str) -> None:
    sqs.send_message(QueueUrl=QUEUE_URL, MessageBody=json.dumps({"orderId": order_id}))


@functools.cache
def payment_key() -> str:
    key: str = json.loads(secrets.get_secret_value(SecretId=SECRET)["SecretString"])["apiKey"]
    return key


def _inventory(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Call the inventory service with the payload that API Gateway would send; HTTP status and body."""
    request = {
        "httpMethod": "POST",
        "path": path,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
    try:
        answer = functions.invoke(FunctionName=INVENTORY, Payload=json.dumps(request).encode())
        payload = json.loads(answer["Payload"].read(), parse_float=Decimal)
    except ReadTimeoutError:
        raise StockBusyError("no answer in time") from None
    except ClientError as problem:
        if problem.response["Error"]["Code"] in THROTTLES:
            raise StockBusyError("throttled") from None
        raise
    if answer.get("FunctionError"):
        raise _failure(payload)
    return payload["statusCode"], json.loads(payload["body"], parse_float=Decimal)


def _failure(payload: dict[str, Any]) -> Exception:
    kind, message = str(payload.get("errorType", "")), str(payload.get("errorMessage", ""))
    if kind == "Sandbox.Timedout" or "Task timed out" in message:
        return StockBusyError("the inventory service timed out")
    return InventoryFailedError(f"{kind}: {message}")


def _accepted(status: int, body: dict[str, Any]) -> dict[str, Any]:
    if status in (429, 503):
        raise StockBusyError(str(body.get("error")))
    if status != 200:
        raise InventoryFailedError(f"{status}: {body.get('error')}")
    return body
