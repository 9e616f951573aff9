"""The steps of the order workflow. Each may run twice and then returns the same."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import logic
import outbound
import store
from store import CANCELLED, COMPLETED, PAID, PENDING, PLACED, SHIPPED

# How far an order is; a step whose work is done already has nothing to do.
PROGRESS = (PENDING, PLACED, PAID, SHIPPED, COMPLETED)
DECLINED_TOKEN = "tok_declined"  # noqa: S105 - what a test card is called


class PaymentDeclined(Exception):  # noqa: N818 - the workflow catches it by this name
    """The customer's card was refused; trying again changes nothing."""


class StepOutOfOrderError(Exception):
    """The order is not in a status in which the step makes sense."""


def run(event: dict[str, Any]) -> dict[str, Any]:
    """The order after the step `task`: payment, shipping or status."""
    order = logic.get_stored(event["order"]["orderId"])
    print(f"{event['task']} of order {order['orderId']}")
    if event["task"] == "payment":
        order = pay(order)
    elif event["task"] == "shipping":
        order = ship(order)
    elif event["task"] == "status":
        order = close(order, event.get("status"), event.get("reason"))
    else:
        raise ValueError(f"There is no task {event['task']!r}")
    return logic.shown(order)


def pay(order: dict[str, Any]) -> dict[str, Any]:
    """Charge the card. The provider knows a charge by its id, so that a second attempt is no second charge."""
    if order.get("paymentToken") == DECLINED_TOKEN:
        raise PaymentDeclined(f"The payment of order {order['orderId']} was declined")
    charge = hmac.new(outbound.payment_key().encode(), order["orderId"].encode(), hashlib.sha256).hexdigest()
    return _advance(order, PAID, {"paymentId": f"pay-{charge[:24]}"})


def ship(order: dict[str, Any]) -> dict[str, Any]:
    number = hashlib.sha256(order["orderId"].encode()).hexdigest()[:12].upper()
    order = _advance(order, SHIPPED, {"trackingNumber": f"SF{number}"})
    logic.announce(order)
    return order


def close(order: dict[str, Any], status: str | None, reason: str | None) -> dict[str, Any]:
    """Complete the order, or cancel it and give its stock back."""
    if status == COMPLETED:
        order = _advance(order, COMPLETED, {})
    elif status == CANCELLED:
        order = _cancel(order, reason)
    else:
        raise ValueError(f"An order cannot be closed as {status!r}")
    logic.announce(order)
    return order


def _advance(order: dict[str, Any], status: str, values: dict[str, Any]) -> dict[str, Any]:
    position = PROGRESS.index(status)
    changed = store.change(order["orderId"], status, (PROGRESS[position - 1],), values)
    if changed is not None:
        return changed
    order = logic.get_stored(order["orderId"])
    if order["status"] not in PROGRESS[position:]:
        raise StepOutOfOrderError(f"Order {order['orderId']} is {order['status']} and cannot become {status}")
    return order


def _cancel(order: dict[str, Any], reason: str | None) -> dict[str, Any]:
    values = {"reason": reason} if reason else {}
    changed = store.change(order["orderId"], CANCELLED, (PENDING, PLACED), values) or logic.get_stored(order["orderId"])
    if changed["status"] != CANCELLED:
        raise StepOutOfOrderError(f"Order {order['orderId']} is {changed['status']} and cannot be cancelled")
    outbound.release_stock(order["orderId"])
    return changed
