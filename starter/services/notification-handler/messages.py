"""The words that customers read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

STATUS_WORDS = {
    "COMPLETED": "is complete. Thank you for shopping with us!",
    "CANCELLED": "was cancelled. You have not been charged.",
}


@dataclass(frozen=True)
class Message:
    """One message to one customer."""

    kind: str
    customer_id: str
    order_id: str
    subject: str
    text: str


def confirmation(order: Mapping[str, Any]) -> Message:
    items = order.get("items", [])
    pieces = sum(int(item["quantity"]) for item in items)
    total = f" for a total of {float(order['total']):.2f} USD" if order.get("total") is not None else ""
    text = f"We have received your order {order['orderId']}: {pieces} {'item' if pieces == 1 else 'items'}{total}."
    return _message("order-confirmation", order, "Your ShopFast order", text)


def shipping_notice(order: Mapping[str, Any]) -> Message:
    text = f"Your order {order['orderId']} is on its way. Tracking number: {order['trackingNumber']}."
    return _message("shipping-notice", order, "Your ShopFast order has been shipped", text)


def status_update(order: Mapping[str, Any]) -> Message:
    status = order["status"]
    words = STATUS_WORDS.get(status, f"is now {str(status).lower()}.")
    reason = f" Reason: {order['reason']}." if order.get("reason") else ""
    return _message(
        "order-update", order, "News about your ShopFast order", f"Your order {order['orderId']} {words}{reason}"
    )


def _message(kind: str, order: Mapping[str, Any], subject: str, text: str) -> Message:
    return Message(kind, order["customerId"], order["orderId"], subject, text)


BUILDERS: dict[str, Callable[[Mapping[str, Any]], Message]] = {
    "order.created": confirmation,
    "order.shipped": shipping_notice,
    "order.updated": status_update,
}
