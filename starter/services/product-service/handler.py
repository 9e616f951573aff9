"""HTTP entry of the product service: a Lambda function URL (payload format 2.0)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import logic


class DecimalEncoder(json.JSONEncoder):
    def default(self, o: object) -> object:
        if isinstance(o, Decimal):
            return int(o) if o == o.to_integral_value() else float(o)
        return super().default(o)


def answer(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", **(headers or {})},
        "body": json.dumps(body, cls=DecimalEncoder),
    }


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    method = event["requestContext"]["http"]["method"]
    path = event.get("rawPath") or "/"
    print(f"{method} {path}")
    parts = [unquote(part) for part in path.split("/") if part]
    if parts[:1] != ["products"] or len(parts) > 2:
        return answer(404, {"error": f"There is nothing at {path}"})
    if method != "GET":
        return answer(405, {"error": f"{method} is not allowed here"}, {"Allow": "GET"})
    try:
        if len(parts) == 2:
            return answer(200, logic.get_product(parts[1]))
        return answer(200, logic.list_products(event.get("queryStringParameters") or {}))
    except logic.InvalidRequestError as problem:
        return answer(400, {"error": str(problem)})
    except logic.ProductNotFoundError as problem:
        return answer(404, {"error": str(problem)})
