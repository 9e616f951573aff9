"""The inventory table (one item a product, one a reservation) and the topic that hears of every change."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

TABLE = os.environ["INVENTORY_TABLE"]
TOPIC = os.environ["INVENTORY_TOPIC_ARN"]
RESERVED, RELEASED = "RESERVED", "RELEASED"
PUBLISH_BATCH = 10  # SNS takes no more at once

dynamodb = boto3.resource("dynamodb")
table = dynamodb.Table(TABLE)
client = dynamodb.meta.client  # speaks plain Python values, as the resource does
sns = boto3.client("sns")


@dataclass(frozen=True)
class Outcome:
    """How a transaction ended. With nothing set, it met another transaction and may be tried again."""

    done: bool = False
    exists: bool = False  # it was done before
    short: list[str] | None = None  # products without enough stock


def get(product_id: str) -> dict[str, Any] | None:
    item: dict[str, Any] | None = table.get_item(Key={"productId": product_id}, ConsistentRead=True).get("Item")
    return item


def get_many(product_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The records by product id; at most 100 ids."""
    request: dict[str, Any] = {TABLE: {"Keys": [{"productId": key} for key in product_ids], "ConsistentRead": True}}
    found = {}
    while request:
        page = client.batch_get_item(RequestItems=request)
        found.update({item["productId"]: item for item in page["Responses"].get(TABLE, [])})
        request = page.get("UnprocessedKeys") or {}
    return found


def get_reservation(order_id: str) -> dict[str, Any] | None:
    return get(_reservation_key(order_id))


def set_stock(product_id: str, stock: int, expected: int | None) -> dict[str, Any] | None:
    """The record after the update; None when the stock was not the expected one."""
    condition = {} if expected is None else {"ConditionExpression": "stock = :expected"}
    values = {":stock": stock, ":none": 0} | ({} if expected is None else {":expected": expected})
    try:
        updated = table.update_item(
            Key={"productId": product_id},
            UpdateExpression="SET stock = :stock, reserved = if_not_exists(reserved, :none)",
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
            **condition,
        )
    except client.exceptions.ConditionalCheckFailedException:
        return None
    attributes: dict[str, Any] = updated["Attributes"]
    return attributes


def reserve(order_id: str, wanted: dict[str, int]) -> Outcome:
    marker = {"productId": _reservation_key(order_id), "lines": wanted, "state": RESERVED}
    put = {"Put": {"TableName": TABLE, "Item": marker, "ConditionExpression": "attribute_not_exists(productId)"}}
    takes = [_move(product_id, quantity, "stock >= :quantity") for product_id, quantity in wanted.items()]
    return _transact([put, *takes], list(wanted))


def release(order_id: str, lines: dict[str, int]) -> Outcome:
    mark = {
        "Update": {
            "TableName": TABLE,
            "Key": {"productId": _reservation_key(order_id)},
            "UpdateExpression": "SET #state = :released",
            "ConditionExpression": "#state = :reserved",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":released": RELEASED, ":reserved": RESERVED},
        }
    }
    gives = [_move(product_id, -quantity, "attribute_exists(productId)") for product_id, quantity in lines.items()]
    return _transact([mark, *gives], list(lines))


def publish_levels(reason: str, levels: Iterable[dict[str, Any]]) -> None:
    entries = [
        {
            "Id": str(number),
            "Message": json.dumps({"type": "stock.changed", "reason": reason, **level}, default=int),
            "MessageAttributes": {"reason": {"DataType": "String", "StringValue": reason}},
        }
        for number, level in enumerate(levels)
    ]
    for start in range(0, len(entries), PUBLISH_BATCH):
        answer = sns.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=entries[start : start + PUBLISH_BATCH])
        if answer.get("Failed"):
            raise RuntimeError(
                f"{len(answer['Failed'])} stock changes were not published: {answer['Failed'][0]['Code']}"
            )


def _reservation_key(order_id: str) -> str:
    return f"order#{order_id}"


def _move(product_id: str, quantity: int, condition: str) -> dict[str, Any]:
    """Move a quantity from the free to the reserved stock; a negative one moves it back."""
    return {
        "Update": {
            "TableName": TABLE,
            "Key": {"productId": product_id},
            "UpdateExpression": "ADD stock :less, reserved :quantity",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {":quantity": quantity, ":less": -quantity},
        }
    }


def _transact(actions: list[dict[str, Any]], product_ids: list[str]) -> Outcome:
    """Run the first action on the reservation and the others on the products, in the order of the ids."""
    try:
        client.transact_write_items(TransactItems=actions)
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "TransactionCanceledException":
            raise
        codes = [reason.get("Code") for reason in problem.response["CancellationReasons"]]
        if codes[0] == "ConditionalCheckFailed":
            return Outcome(exists=True)
        failed = zip(product_ids, codes[1:], strict=True)
        short = [product_id for product_id, code in failed if code == "ConditionalCheckFailed"]
        if not short and "TransactionConflict" not in codes:
            raise
        return Outcome(short=short or None)
    return Outcome(done=True)
