"""Requests as API Gateway and function URLs hand them to a function."""

import json
from types import SimpleNamespace
from typing import Any


def rest(
    service: SimpleNamespace,
    method: str,
    path: str,
    body: Any = None,
    *,
    raw: str | None = None,
    base64: bool = False,
    **more: Any,
) -> tuple[int, Any]:
    """Status and JSON body of the answer to a REST API request (AWS_PROXY, version 1.0)."""
    event = {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json"},
        "queryStringParameters": None,
        "pathParameters": None,
        "requestContext": {"stage": "prod", "httpMethod": method},
        "body": raw if raw is not None else None if body is None else json.dumps(body),
        "isBase64Encoded": base64,
        **more,
    }
    return read(service.handler.lambda_handler(event, None))


def url(service: SimpleNamespace, path: str, method: str = "GET", **query: str) -> tuple[int, Any]:
    """Status and JSON body of the answer to a function URL request (payload format 2.0)."""
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {},
        "requestContext": {"http": {"method": method, "path": path}},
        "isBase64Encoded": False,
    }
    return read(service.handler.lambda_handler(event | ({"queryStringParameters": query} if query else {}), None))


def read(answer: dict[str, Any]) -> tuple[int, Any]:
    """Status and body of an answer in the proxy format, as its caller sees it."""
    assert answer["headers"]["Content-Type"] == "application/json"
    return answer["statusCode"], json.loads(answer["body"])
