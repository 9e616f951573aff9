"""What the order service accepts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
MAX_LINES = 25
MAX_QUANTITY = 100


class InvalidRequestError(ValueError):
    """The caller sent something that the service does not accept."""


@dataclass(frozen=True)
class Draft:
    """An order that a customer wants to place."""

    customer_id: str
    wanted: dict[str, int]  # quantity by product
    payment_token: str | None


def draft(body: dict[str, Any]) -> Draft:
    token = body.get("paymentToken")
    if token is not None:
        token = _identifier(token, "paymentToken")
    return Draft(customer_id(body.get("customerId")), _lines(body.get("items")), token)


def customer_id(value: object) -> str:
    return _identifier(value, "customerId")


def request_id(header: str | None, body: dict[str, Any]) -> str | None:
    """The client's own id of the request, from the header or the body; None when the client has none."""
    value = body.get("clientRequestId") if header is None else header
    if value is not None and (not isinstance(value, str) or not REQUEST_ID.fullmatch(value)):
        raise InvalidRequestError("The client request id must be 1 to 128 printable characters without spaces")
    return value


def queued_order_id(text: str) -> str:
    """The order that a message of the order queue is about."""
    try:
        body = json.loads(text)
    except ValueError:
        raise InvalidRequestError("The message is not JSON") from None
    return _identifier(body.get("orderId") if isinstance(body, dict) else None, "orderId")


def _lines(items: object) -> dict[str, int]:
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_LINES:
        raise InvalidRequestError(f"items must be a list of 1 to {MAX_LINES} lines")
    wanted: dict[str, int] = {}
    for item in items:
        if not isinstance(item, dict):
            raise InvalidRequestError("Each of items must be an object with productId and quantity")
        product_id = _identifier(item.get("productId"), "productId")
        wanted[product_id] = wanted.get(product_id, 0) + _quantity(item.get("quantity"))
    for quantity in wanted.values():
        _quantity(quantity)
    return wanted


def _quantity(value: object) -> int:
    # bool is an int to Python, and not a number to anybody else
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_QUANTITY:
        raise InvalidRequestError(f"The quantity of a product must be a whole number from 1 to {MAX_QUANTITY}")
    return value


def _identifier(value: object, name: str) -> str:
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise InvalidRequestError(f"{name} must be 1 to 64 letters, digits, '-' or '_'")
    return value
