"""What the inventory service accepts."""

from __future__ import annotations

import re
from typing import Any

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
MAX_LINES = 50
MAX_QUANTITY = 100
MAX_STOCK = 1_000_000


class InvalidRequestError(ValueError):
    """The caller sent something that the service does not accept."""


def identifier(value: object, name: str) -> str:
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise InvalidRequestError(f"{name} must be 1 to 64 letters, digits, '-' or '_'")
    return value


def whole_number(value: object, name: str, low: int, high: int) -> int:
    # bool is an int to Python, and not a number to anybody else
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidRequestError(f"{name} must be a whole number from {low} to {high}")
    return value


def order_id(body: dict[str, Any]) -> str:
    return identifier(body.get("orderId"), "orderId")


def lines(body: dict[str, Any]) -> dict[str, int]:
    """Quantity by product; lines for the same product are added up."""
    items = body.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_LINES:
        raise InvalidRequestError(f"items must be a list of 1 to {MAX_LINES} lines")
    wanted: dict[str, int] = {}
    for item in items:
        if not isinstance(item, dict):
            raise InvalidRequestError("Each of items must be an object with productId and quantity")
        product_id = identifier(item.get("productId"), "productId")
        quantity = whole_number(item.get("quantity"), "quantity", 1, MAX_QUANTITY)
        wanted[product_id] = wanted.get(product_id, 0) + quantity
    for quantity in wanted.values():
        whole_number(quantity, "The quantity of one product", 1, MAX_QUANTITY)
    return wanted


def stock_update(body: dict[str, Any]) -> tuple[int, int | None]:
    """The new stock, and the stock that the caller believes is there now (None: whatever it is)."""
    stock = whole_number(body.get("stock"), "stock", 0, MAX_STOCK)
    expected = body.get("expectedStock")
    return stock, None if expected is None else whole_number(expected, "expectedStock", 0, MAX_STOCK)
