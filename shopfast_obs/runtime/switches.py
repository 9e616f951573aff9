"""The environment variables of the layer."""

from __future__ import annotations

import os
from typing import NamedTuple

OFF = ("off", "0", "false", "no")
MARGIN_MS = 300.0
ENOUGH_MB = 256  # below that the CPU share is so small that the last word itself takes long


class Chosen(NamedTuple):
    """What is done around a handler; an execution environment never changes it, and reading a variable costs 1 us."""

    correlation: bool
    routes: bool
    deadline: bool
    in_lambda: bool
    margin: float  # seconds


def chosen() -> Chosen:
    """As the environment says now."""
    return Chosen(correlation(), routes(), deadline(), in_lambda(), margin())


def correlation() -> bool:
    """Whether the correlation id is carried."""
    return os.environ.get("SHOPFAST_OBS_CORRELATION", "on").lower() not in OFF


def in_payloads(service: str) -> bool:
    """Whether the correlation id goes into payloads of the service: eventbridge, lambda, stepfunctions or kinesis."""
    asked = os.environ.get("SHOPFAST_OBS_CORRELATION_PAYLOADS", "").lower().replace(",", " ").split()
    return service in asked or "all" in asked


def deadline() -> bool:
    """Whether the deadline is guarded."""
    return os.environ.get("SHOPFAST_OBS_DEADLINE", "on").lower() not in OFF


def routes() -> bool:
    """Whether HTTP requests are counted by route: in Lambda, because a test that reads stdout finds its own lines."""
    return in_lambda() and os.environ.get("SHOPFAST_OBS_ROUTES", "on").lower() not in OFF


def parallel() -> bool:
    """Whether the X-Ray SDK's parts follow tasks and threads."""
    return os.environ.get("SHOPFAST_OBS_PARALLEL", "on").lower() not in OFF


def in_lambda() -> bool:
    """Whether Lambda's runtime runs the function, or what stands in for it; a test that calls the handler does not."""
    return bool(os.environ.get("AWS_LAMBDA_RUNTIME_API"))


def margin() -> float:
    """Seconds before the deadline at which the guard speaks: as set, else 300 ms and more with little memory."""
    value = _number("SHOPFAST_OBS_DEADLINE_MARGIN_MS")
    if value <= 0:
        value = MARGIN_MS * max(1.0, ENOUGH_MB / (_number("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") or ENOUGH_MB))
    return value / 1000


def _number(name: str) -> float:
    try:
        return float(os.environ.get(name, "0"))
    except ValueError:
        return 0.0
