"""Entry of the inventory service: API Gateway (REST, proxy), and direct calls that carry the same payload."""

from __future__ import annotations

import base64
import binascii
import json
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import logic
import validation
from validation import InvalidRequestError

STATUS: dict[type[Exception], int] = {
    InvalidRequestError: 400,
    logic.ProductNotFoundError: 404,
    logic.ConflictError: 409,
    logic.BusyError: 503,
}


class DecimalEncoder(json.JSONEncoder):
    def default(self, o: object) -> object:
        if isinstance(o, Decimal):
            return int(o) if o == o.to_integral_value() else float(o)
        return super().default(o)


def answer(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*", **(headers or {})},
        "body": json.dumps(body, cls=DecimalEncoder),
    }


def not_allowed(method: str, *allowed: str) -> dict[str, Any]:
    return answer(405, {"error": f"{method} is not allowed here"}, {"Allow": ", ".join(allowed)})


def json_body(event: dict[str, Any]) -> dict[str, Any]:
    text = event.get("body") or ""
    try:
        if event.get("isBase64Encoded"):
            text = base64.b64decode(text, validate=True).decode("utf-8")
        body = json.loads(text)
    except (binascii.Error, ValueError, RecursionError):
        raise InvalidRequestError("The body is not valid JSON") from None
    if not isinstance(body, dict):
        raise InvalidRequestError("The body must be a JSON object")
    return body


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    method, path = event["httpMethod"], event["path"]
    print(f"{method} {path}")
    parts = [unquote(part) for part in path.split("/") if part]
    if len(parts) != 2 or parts[0] != "inventory":
        return answer(404, {"error": f"There is nothing at {path}"})
    try:
        if parts[1] in ("reserve", "release"):
            return reservation(event, method, parts[1])
        return stock_level(event, method, parts[1])
    except logic.InsufficientStockError as problem:
        return answer(409, {"error": str(problem), "products": problem.products})
    except tuple(STATUS) as problem:
        return answer(STATUS[type(problem)], {"error": str(problem)})


def stock_level(event: dict[str, Any], method: str, product_id: str) -> dict[str, Any]:
    if method == "GET":
        return answer(200, logic.get_stock(product_id))
    if method == "PUT":
        return answer(200, logic.set_stock(product_id, validation.stock_update(json_body(event))))
    return not_allowed(method, "GET", "PUT")


def reservation(event: dict[str, Any], method: str, action: str) -> dict[str, Any]:
    # Only our own services give stock back; a request through API Gateway has a request context.
    if action == "release" and event.get("requestContext"):
        return answer(404, {"error": "There is nothing at /inventory/release"})
    if method != "POST":
        return not_allowed(method, "POST")
    body = json_body(event)
    if action == "release":
        return answer(200, logic.release(validation.order_id(body)))
    return answer(200, logic.reserve(validation.order_id(body), validation.lines(body)))
