"""What a caller sees when a function fails. MiniStack hands on the error payload; AWS's front doors do not."""

from __future__ import annotations

import json

from shopfast_obs.localcloud.gateway import call
from shopfast_obs.localcloud.ministack.untyped import Untyped

Answer = dict[str, Untyped]
_JSON = {"Content-Type": "application/json"}


def proxy_response(result: dict[str, Untyped]) -> tuple[Answer | None, str | None]:
    """The proxy response for a function's result, as the front door of the current call gives it."""
    now = call.current.get()
    front = now.front if now else "http"
    if result.get("throttle"):
        return _throttled(front, result.get("body")), None
    if result.get("error"):
        return _failed(front), None
    return _succeeded(front, result.get("body")), None


def _failed(front: call.Front) -> Answer:
    # API Gateway answers 502 to an error (REST) or 500 (HTTP API); a Function URL 502 with a bare sentence
    if front == "url":
        return {"statusCode": 502, "headers": _JSON, "body": "Internal Server Error"}
    if front == "rest":
        return {"statusCode": 502, "headers": _JSON, "body": json.dumps({"message": "Internal server error"})}
    return {"statusCode": 500, "headers": _JSON, "body": json.dumps({"message": "Internal Server Error"})}


def _throttled(front: call.Front, body: Untyped) -> Answer:
    if front == "url":
        reason = body.get("Reason") if isinstance(body, dict) else None
        payload = {"Reason": reason, "Type": "User", "message": "Rate Exceeded."}
        return {"statusCode": 429, "headers": _JSON, "body": json.dumps(payload)}
    if front == "rest":
        return {"statusCode": 500, "headers": _JSON, "body": json.dumps({"message": "Internal server error"})}
    return {"statusCode": 503, "headers": _JSON, "body": json.dumps({"message": "Service Unavailable"})}


def _succeeded(front: call.Front, payload: Untyped) -> Answer:
    if isinstance(payload, dict) and _is_status(payload.get("statusCode")):
        return payload
    if front == "rest":  # a malformed proxy response
        return _failed(front)
    if payload is None:
        return {"statusCode": 200, "body": ""}
    text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    return {"statusCode": 200, "headers": _JSON, "body": text}


def _is_status(value: Untyped) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, str) and value.isdigit())
