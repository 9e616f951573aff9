"""Requests, errors and latency by route: one EMF line for each HTTP request, with routes that cannot grow forever."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

MOST_ROUTES = 50  # of one execution environment; each is three custom metrics on the bill
OTHER = "other"
WORD = re.compile(r"[A-Za-z][A-Za-z_-]{0,30}")
METRICS = [
    {"Name": "Requests", "Unit": "Count"},
    {"Name": "Errors", "Unit": "Count"},
    {"Name": "Latency", "Unit": "Milliseconds"},
]
_seen: set[str] = set()


class Request:
    """One HTTP request on its way; it is counted once, by whoever comes first: its answer, its error, its deadline."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._started = time.perf_counter()
        self._counted = False

    def begun_before(self, seconds: float) -> None:
        """It has been on its way for so long already."""
        self._started -= seconds

    def count(self, *, failed: bool) -> None:
        """Write the line."""
        if self._counted:
            return
        self._counted = True
        constant = _constant(
            os.environ["POWERTOOLS_METRICS_NAMESPACE"],
            os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined"),
            self.name,
        )
        latency = round((time.perf_counter() - self._started) * 1000, 3)
        stamp = int(time.time() * 1000)
        sys.stdout.write(f'{constant}, "Timestamp": {stamp}}}, "Errors": {failed:d}, "Latency": {latency}}}\n')
        sys.stdout.flush()


@lru_cache(maxsize=2 * MOST_ROUTES)
def _constant(namespace: str, service: str, name: str) -> str:
    """What each line of a route begins with, up to the directive's timestamp."""
    dimensions = {"service": service, "route": name}
    directive = {"Namespace": namespace, "Dimensions": [list(dimensions)], "Metrics": METRICS}
    line = {**dimensions, "Requests": 1, "_aws": {"CloudWatchMetrics": [directive]}}
    return json.dumps(line)[:-2]


def begin(event: Any) -> Request | None:  # noqa: ANN401 - events have any JSON type
    """The request that the event brings; None for what is no HTTP request, and where metrics have no namespace."""
    if not os.environ.get("POWERTOOLS_METRICS_NAMESPACE") or not isinstance(event, Mapping):
        return None
    name = route(event)
    if not name:
        return None
    if name not in _seen:
        if len(_seen) >= MOST_ROUTES:
            return Request(OTHER)
        _seen.add(name)
    return Request(name)


def failed(answer: Any) -> bool:  # noqa: ANN401
    """True for an answer that the client reads as an error of the server."""
    status = answer.get("statusCode") if isinstance(answer, Mapping) else None
    try:
        return status is not None and int(status) >= 500
    except (TypeError, ValueError):
        return False


def route(event: Mapping[str, Any]) -> str:
    """`GET /orders/{id}`: as the API declares it, else the path with everything replaced that is no plain word."""
    context = event.get("requestContext")
    if not isinstance(context, Mapping):
        return ""
    http = context.get("http")
    if isinstance(http, Mapping):
        declared = str(event.get("routeKey") or "$default")
        path = str(event.get("rawPath") or http.get("path") or "/")
        return declared if declared != "$default" else f"{http.get('method', 'ANY')} {_plain(path)}"
    method = event.get("httpMethod")
    if not isinstance(method, str):
        return ""
    resource = event.get("resource")
    if isinstance(resource, str) and not resource.endswith("+}"):
        return f"{method} {resource}"
    return f"{method} {_plain(str(event.get('path') or '/'))}"


def _plain(path: str) -> str:
    """The path with `{id}` for every part that may be one of many."""
    parts = [part for part in path.split("/") if part][:6]
    return "/" + "/".join(part if WORD.fullmatch(part) else "{id}" for part in parts)
