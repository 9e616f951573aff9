"""Placing orders: reserve the stock, store the order, tell the others. Every step may run twice."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import outbound
import store
from outbound import OutOfStockError, StockBusyError
from store import CANCELLED, COMPLETED, PENDING, PLACED, SHIPPED
from validation import Draft

EVENTS = {
    PLACED: "order.created",
    SHIPPED: "order.shipped",
    COMPLETED: "order.updated",
    CANCELLED: "order.updated",
}
NOT_SHOWN = {"paymentToken", "announced"}
NAMESPACE = uuid.UUID("6f1d3c56-7d0b-4f0e-9a53-5b5f0c1f9d5a")  # of the order ids that follow from a request id


class OrderNotFoundError(LookupError):
    """There is no such order."""


class RequestReusedError(Exception):
    """The client used one request id for two different orders."""


def place(draft: Draft, request_id: str | None) -> tuple[int, dict[str, Any]]:
    """HTTP status and order: 201 placed, 202 waiting for stock, 200 when the request came before."""
    order_id = _order_id(draft, request_id)
    known = store.get(order_id) if request_id else None
    if known is not None:
        return _again(known, draft)
    try:
        reserved = outbound.reserve_stock(order_id, draft.wanted)
    except StockBusyError as problem:
        print(f"order {order_id} has to wait for stock: {problem}")
        order = _new_order(order_id, draft, request_id, PENDING)
    else:
        order = _new_order(order_id, draft, request_id, PLACED) | _priced(reserved)
    if not store.put_new(order):
        return _again(get_stored(order_id), draft)
    print(f"order {order_id} stored, status {order['status']}")
    return _told(order, 201)


def place_waiting(order_id: str) -> None:
    """Reserve the stock of an order that waits in the queue; raises StockBusyError when it has to wait on."""
    order = get_stored(order_id)
    if order["status"] == PENDING:
        try:
            reserved = outbound.reserve_stock(order_id, {i["productId"]: int(i["quantity"]) for i in order["items"]})
        except OutOfStockError as problem:
            changed = store.change(order_id, CANCELLED, (PENDING,), {"reason": str(problem)})
        else:
            changed = store.change(order_id, PLACED, (PENDING,), _priced(reserved))
        order = changed or get_stored(order_id)
    announce(order)


def announce(order: dict[str, Any]) -> None:
    """Put the order's status on the bus unless that has happened; repeating a failed request repeats this step."""
    status = order["status"]
    if status in EVENTS and order.get("announced") != status:
        outbound.put_event(EVENTS[status], shown(order))
        store.mark_announced(order["orderId"], status)


def get_stored(order_id: str) -> dict[str, Any]:
    order = store.get(order_id)
    if order is None:
        raise OrderNotFoundError(f"There is no order {order_id}")
    return order


def get_order(order_id: str) -> dict[str, Any]:
    return shown(get_stored(order_id))


def list_orders(customer_id: str) -> dict[str, Any]:
    orders = [shown(order) for order in store.list_by_customer(customer_id)]
    return {"orders": orders, "count": len(orders)}


def shown(order: dict[str, Any]) -> dict[str, Any]:
    """The order as others may see it, in values that JSON knows."""
    return {name: _plain(value) for name, value in order.items() if name not in NOT_SHOWN}


def _again(known: dict[str, Any], draft: Draft) -> tuple[int, dict[str, Any]]:
    if {item["productId"]: item["quantity"] for item in known["items"]} != draft.wanted:
        raise RequestReusedError("This client request id belongs to another order")
    return _told(known, 200)


def _told(order: dict[str, Any], status: int) -> tuple[int, dict[str, Any]]:
    if order["status"] == PENDING:
        outbound.enqueue(order["orderId"])
        return 202, shown(order)
    announce(order)
    return status, shown(order)


def _order_id(draft: Draft, request_id: str | None) -> str:
    """One id for all attempts at one request, so that the order and its reservation exist once."""
    name = uuid.uuid5(NAMESPACE, f"{draft.customer_id} {request_id}") if request_id else uuid.uuid4()
    return f"ord-{name}"


def _new_order(order_id: str, draft: Draft, request_id: str | None, status: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    order = {
        "orderId": order_id,
        "customerId": draft.customer_id,
        "status": status,
        "items": [{"productId": product, "quantity": quantity} for product, quantity in draft.wanted.items()],
        "createdAt": now,
        "updatedAt": now,
        "clientRequestId": request_id,
        "paymentToken": draft.payment_token,
    }
    return {name: value for name, value in order.items() if value is not None}


def _priced(reserved: list[dict[str, Any]]) -> dict[str, Any]:
    """Lines and total with the prices that the reservation names."""
    total = sum((line.get("unitPrice", Decimal(0)) * line["quantity"] for line in reserved), Decimal(0))
    return {"items": reserved, "total": total}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
