"""The notification handler: a customer message for every order event, and no poison swallowed."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.starter.account import Account

ORDER = {
    "orderId": "ord-1",
    "customerId": "c-7",
    "status": "PLACED",
    "items": [{"productId": "kettle", "quantity": 2}],
    "total": 50,
}


def deliver(notifications: SimpleNamespace, *messages: str) -> Any:
    """Hand over messages as SNS does."""
    records = [{"EventSource": "aws:sns", "Sns": {"MessageId": "m", "Message": message}} for message in messages]
    return notifications.handler.lambda_handler({"Records": records}, None)


def event(kind: str, **more: Any) -> str:
    """An event as EventBridge hands it to a topic."""
    return json.dumps({"version": "0", "source": "shopfast.order-service", "detail-type": kind, "detail": ORDER | more})


@pytest.mark.parametrize(
    ("kind", "more", "sent", "words"),
    [
        ("order.created", {}, "order-confirmation", "2 items for a total of 50.00 USD"),
        ("order.shipped", {"trackingNumber": "SF9"}, "shipping-notice", "SF9"),
        ("order.updated", {"status": "COMPLETED"}, "order-update", "complete"),
        ("order.updated", {"status": "CANCELLED", "reason": "declined"}, "order-update", "declined"),
    ],
)
def test_a_customer_is_told(
    notifications: SimpleNamespace, account: Account, kind: str, more: dict[str, Any], sent: str, words: str
) -> None:
    """Each event has its message, with attributes that subscribers can filter by."""
    assert deliver(notifications, event(kind, **more)) == {"sent": 1}
    [received] = account.received("notifications")
    body = json.loads(received["Message"])
    assert (body["type"], body["customerId"], body["orderId"]) == (sent, "c-7", "ord-1")
    assert words in body["text"]
    assert {name: value["Value"] for name, value in received["MessageAttributes"].items()} == {
        "type": sent,
        "customerId": "c-7",
        "orderId": "ord-1",
    }


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "[]",
        json.dumps({"detail-type": "order.created"}),
        event("order.lost"),
        event("order.created", orderId=None),
        event("order.created", customerId=""),
        event("order.shipped"),
        event("order.created", items=[{"productId": "kettle"}]),
    ],
)
def test_a_message_that_cannot_be_processed_raises(
    notifications: SimpleNamespace, account: Account, message: str
) -> None:
    """The function fails, so that the message is tried again and ends in the dead-letter queue."""
    with pytest.raises((ValueError, KeyError)):
        deliver(notifications, message)
    assert account.received("notifications") == []
