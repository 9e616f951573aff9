"""What X-Ray itself counted of every service, over all traces that it has of a window: GetServiceGraph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.telemetry.traces import WINDOW
from shopfast_obs.model.telemetry import ServiceTotals, TimeRange

CLIENT = "client"  # the type of a node that only calls
_Key = tuple[str, str]


def totals(calls: Calls, window: TimeRange) -> list[ServiceTotals]:
    """The totals of each service by name and type, the most requests first; raises RefusedError."""
    found: dict[_Key, ServiceTotals] = {}
    for node in _nodes(calls, window):
        if node.get("Type") == CLIENT or "SummaryStatistics" not in node:
            continue
        one = _totals(node)
        known = found.get((one.name, one.type))
        found[one.name, one.type] = one if known is None else _sum(known, one)
    return sorted(found.values(), key=lambda one: (-one.requests, one.name, one.type))


def _nodes(calls: Calls, window: TimeRange) -> Iterator[Mapping[str, Any]]:
    start = window.start
    while start < window.end:
        end = min(start + WINDOW, window.end)
        asked = {"StartTime": datetime.fromtimestamp(start, UTC), "EndTime": datetime.fromtimestamp(end, UTC)}
        yield from calls.items("xray", "get_service_graph", "Services", **asked)
        start = end


def _totals(node: Mapping[str, Any]) -> ServiceTotals:
    told = node["SummaryStatistics"]
    errors = told.get("ErrorStatistics") or {}
    return ServiceTotals(
        name=str(node.get("Name", "")),
        type=str(node.get("Type", "")),
        requests=int(told.get("TotalCount") or 0),
        errors=int(errors.get("TotalCount") or 0),
        throttles=int(errors.get("ThrottleCount") or 0),
        faults=int((told.get("FaultStatistics") or {}).get("TotalCount") or 0),
        seconds=float(told.get("TotalResponseTime") or 0.0),
    )


def _sum(one: ServiceTotals, other: ServiceTotals) -> ServiceTotals:
    return ServiceTotals(
        one.name,
        one.type,
        one.requests + other.requests,
        one.errors + other.errors,
        one.throttles + other.throttles,
        one.faults + other.faults,
        one.seconds + other.seconds,
    )
