"""The orders table."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key

PENDING, PLACED, PAID, SHIPPED = "PENDING", "PLACED", "PAID", "SHIPPED"
COMPLETED, CANCELLED = "COMPLETED", "CANCELLED"
BY_CUSTOMER = "by-customer"
MAX_LISTED = 100

dynamodb = boto3.resource("dynamodb")
table = dynamodb.Table(os.environ["ORDERS_TABLE"])
errors = dynamodb.meta.client.exceptions


def get(order_id: str) -> dict[str, Any] | None:
    item: dict[str, Any] | None = table.get_item(Key={"orderId": order_id}, ConsistentRead=True).get("Item")
    return item


def list_by_customer(customer_id: str) -> list[dict[str, Any]]:
    """The customer's newest orders, newest first."""
    found: list[dict[str, Any]] = table.query(
        IndexName=BY_CUSTOMER,
        KeyConditionExpression=Key("customerId").eq(customer_id),
        ScanIndexForward=False,
        Limit=MAX_LISTED,
    )["Items"]
    return found


def put_new(order: dict[str, Any]) -> bool:
    """False when the order exists already; nothing is overwritten."""
    try:
        table.put_item(Item=order, ConditionExpression=Attr("orderId").not_exists())
    except errors.ConditionalCheckFailedException:
        return False
    return True


def change(
    order_id: str, status: str, allowed: Sequence[str], values: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    """The order in its new status, with the values; None when it was in none of the allowed ones."""
    changes = {**(values or {}), "status": status, "updatedAt": datetime.now(UTC).isoformat(timespec="milliseconds")}
    names = {f"#{name}": name for name in changes}  # some are reserved words
    try:
        updated = table.update_item(
            Key={"orderId": order_id},
            UpdateExpression="SET " + ", ".join(f"{alias} = :{name}" for alias, name in names.items()),
            ConditionExpression=Attr("status").is_in(list(allowed)),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={f":{name}": value for name, value in changes.items()},
            ReturnValues="ALL_NEW",
        )
    except errors.ConditionalCheckFailedException:
        return None
    order: dict[str, Any] = updated["Attributes"]
    return order


def mark_announced(order_id: str, status: str) -> None:
    """Remember that the status is on the bus, unless the order has moved on, which says so by itself."""
    try:
        table.update_item(
            Key={"orderId": order_id},
            UpdateExpression="SET announced = :announced",
            ConditionExpression=Attr("status").eq(status),
            ExpressionAttributeValues={":announced": status},
        )
    except errors.ConditionalCheckFailedException:
        print(f"order {order_id} has moved on from {status}")
