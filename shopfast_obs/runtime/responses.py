"""The id in the answer to an HTTP client, so that a person who saw an error can say which request it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.runtime.correlation import HEADER


def with_header(event: Any, answer: Any, value: str) -> Any:  # noqa: ANN401 - a handler's own types
    """The answer to an HTTP request with the id among its headers; any other answer, or one that has it, as it is."""
    if not value.isascii() or not _is_http(event) or type(answer) is not dict or "statusCode" not in answer:
        return answer
    several = answer.get("multiValueHeaders")
    if isinstance(several, Mapping) and not answer.get("headers"):
        return answer if _has(several) else {**answer, "multiValueHeaders": {**several, HEADER: [value]}}
    headers = answer.get("headers") or {}
    if not isinstance(headers, Mapping) or _has(headers):
        return answer
    return {**answer, "headers": {**headers, HEADER: value}}


def _is_http(event: Any) -> bool:  # noqa: ANN401
    """API Gateway, Function URL and load balancer: they alone take headers back."""
    context = event.get("requestContext") if isinstance(event, Mapping) else None
    return isinstance(context, Mapping) and ("http" in context or "elb" in context or "httpMethod" in event)


def _has(headers: Mapping[str, Any]) -> bool:
    return any(str(name).lower() == HEADER for name in headers)
