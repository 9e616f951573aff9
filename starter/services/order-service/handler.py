"""Entry of the order service: API Gateway (REST, proxy), the order queue, and the steps of the order workflow."""

from __future__ import annotations

import base64
import binascii
import json
import logging
from typing import Any
from urllib.parse import unquote

import logic
import tasks
import validation
from outbound import InventoryFailedError, OutOfStockError
from validation import InvalidRequestError

logger = logging.getLogger()
logger.setLevel(logging.INFO)

STATUS: dict[type[Exception], int] = {
    InvalidRequestError: 400,
    logic.OrderNotFoundError: 404,
    logic.RequestReusedError: 422,
}


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    if "task" in event:
        return tasks.run(event)
    if "Records" in event:
        return drain(event["Records"])
    return api(event)


def drain(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Place the waiting orders; a message that fails stays in the queue, and only that one."""
    failures = []
    for record in records:
        try:
            logic.place_waiting(validation.queued_order_id(record["body"]))
        except Exception:
            logger.exception("message %s was not processed", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def answer(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*", **(headers or {})},
        "body": json.dumps(body),
    }


def api(event: dict[str, Any]) -> dict[str, Any]:
    method, path = event["httpMethod"], event["path"]
    print(f"{method} {path}")
    parts = [unquote(part) for part in path.split("/") if part]
    if parts[:1] != ["orders"] or len(parts) > 2:
        return answer(404, {"error": f"There is nothing at {path}"})
    try:
        return orders(event, method) if len(parts) == 1 else one_order(method, parts[1])
    except OutOfStockError as problem:
        return answer(409, {"error": str(problem), "products": problem.products})
    except tuple(STATUS) as problem:
        return answer(STATUS[type(problem)], {"error": str(problem)})
    except InventoryFailedError as problem:
        logger.error("inventory failed: %s", problem)
        return answer(502, {"error": "The stock could not be reserved, try again with the same request id"})


def orders(event: dict[str, Any], method: str) -> dict[str, Any]:
    if method == "POST":
        body = json_body(event)
        return answer(*logic.place(validation.draft(body), validation.request_id(header(event), body)))
    if method == "GET":
        query = event.get("queryStringParameters") or {}
        return answer(200, logic.list_orders(validation.customer_id(query.get("customerId"))))
    return answer(405, {"error": f"{method} is not allowed here"}, {"Allow": "GET, POST"})


def one_order(method: str, order_id: str) -> dict[str, Any]:
    if method != "GET":
        return answer(405, {"error": f"{method} is not allowed here"}, {"Allow": "GET"})
    return answer(200, logic.get_order(order_id))


def header(event: dict[str, Any]) -> str | None:
    """The Idempotency-Key; API Gateway keeps the letter case that the client chose."""
    headers = event.get("headers") or {}
    return next((value for name, value in headers.items() if name.lower() == "idempotency-key"), None)


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
