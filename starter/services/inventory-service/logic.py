"""Stock: how much there is, and what orders hold of it."""

from __future__ import annotations

from typing import Any

import store
from validation import IDENTIFIER

ATTEMPTS = 3  # at a transaction that met another one on the same product


class ProductNotFoundError(LookupError):
    """The warehouse does not know the product."""


class ConflictError(Exception):
    """The request contradicts what is stored."""


class InsufficientStockError(Exception):
    """Not all lines of an order can be reserved; nothing was."""

    def __init__(self, products: list[str]) -> None:
        super().__init__(f"Not enough stock of {', '.join(products)}")
        self.products = products


class BusyError(Exception):
    """Other orders change the same stock right now; the same request may succeed in a moment."""


def get_stock(product_id: str) -> dict[str, Any]:
    # reservations live in the same table, under keys that are no product ids
    item = store.get(product_id) if IDENTIFIER.fullmatch(product_id) else None
    if item is None:
        raise ProductNotFoundError(f"There is no stock record for {product_id}")
    return _level(item)


def set_stock(product_id: str, update: tuple[int, int | None]) -> dict[str, Any]:
    if not IDENTIFIER.fullmatch(product_id):
        raise ProductNotFoundError(f"There is no stock record for {product_id}")
    stock, expected = update
    item = store.set_stock(product_id, stock, expected)
    if item is None:
        raise ConflictError(f"The stock of {product_id} is not {expected} any more")
    store.publish_levels("updated", [_level(item)])
    return _level(item)


def reserve(order_id: str, wanted: dict[str, int]) -> dict[str, Any]:
    """Move stock to the order, all lines or none; a second request of the same order changes nothing."""
    for _ in range(ATTEMPTS):
        outcome = store.reserve(order_id, wanted)
        if outcome.done:
            print(f"reserved {len(wanted)} products for order {order_id}")
            break
        if outcome.exists:
            _check_same(order_id, wanted)
            break
        if outcome.short:
            print(f"not enough stock for order {order_id}")
            raise InsufficientStockError(outcome.short)
    else:
        raise BusyError("The stock is being changed by other orders, try again")
    records = store.get_many(list(wanted))
    store.publish_levels("reserved", [_level(item) for item in records.values()])
    return {
        "orderId": order_id,
        "items": [_line(product_id, wanted[product_id], records.get(product_id, {})) for product_id in wanted],
    }


def release(order_id: str) -> dict[str, Any]:
    """Give back what an order holds; an order that holds nothing is no error."""
    reservation = store.get_reservation(order_id)
    if reservation is None or reservation["state"] == store.RELEASED:
        return {"orderId": order_id, "released": False}
    lines = {product_id: int(quantity) for product_id, quantity in reservation["lines"].items()}
    for _ in range(ATTEMPTS):
        outcome = store.release(order_id, lines)
        if outcome.done or outcome.exists:
            break
    else:
        raise BusyError("The stock is being changed by other orders, try again")
    if outcome.done:
        store.publish_levels("released", [_level(item) for item in store.get_many(list(lines)).values()])
    return {"orderId": order_id, "released": outcome.done}


def _check_same(order_id: str, wanted: dict[str, int]) -> None:
    reservation = store.get_reservation(order_id)
    if reservation is None or reservation["state"] == store.RELEASED:
        raise ConflictError(f"Order {order_id} has given its stock back")
    if reservation["lines"] != wanted:
        raise ConflictError(f"Order {order_id} holds other products than these")


def _line(product_id: str, quantity: int, record: dict[str, Any]) -> dict[str, Any]:
    line = {"productId": product_id, "quantity": quantity}
    return line | {"unitPrice": record["price"]} if "price" in record else line


def _level(item: dict[str, Any]) -> dict[str, Any]:
    return {"productId": item["productId"], "stock": item["stock"], "reserved": item.get("reserved", 0)}
