"""X-Ray's own totals, of windows that take several calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.telemetry import trace_totals
from shopfast_obs.model.telemetry import ServiceTotals, TimeRange

DAY = TimeRange(1_800_000_000, 1_800_000_000 + 13 * 3600)


class XRay:
    """Two services and a client in each six hours, on two pages."""

    def __init__(self) -> None:
        self.asked: list[tuple[datetime, datetime]] = []

    def get_paginator(self, name: str) -> XRay:
        """Of GetServiceGraph."""
        assert name == "get_service_graph"
        return self

    def paginate(self, StartTime: datetime, EndTime: datetime) -> Iterator[dict[str, Any]]:  # noqa: N803 - AWS's names
        """The pages."""
        self.asked.append((StartTime, EndTime))
        errors = {"ThrottleCount": 2, "OtherCount": 3, "TotalCount": 5}
        told = {"TotalCount": 100, "OkCount": 85, "ErrorStatistics": errors, "FaultStatistics": {"TotalCount": 10}}
        yield {
            "Services": [
                {"Name": "web", "Type": "AWS::Lambda", "SummaryStatistics": {**told, "TotalResponseTime": 50.0}}
            ]
        }
        yield {
            "Services": [
                {"Name": "web", "Type": "AWS::Lambda::Function", "SummaryStatistics": {"TotalCount": 7}},
                {"Name": "web", "Type": "client", "SummaryStatistics": {"TotalCount": 100}},
                {"Name": "gone", "Type": "remote"},
            ]
        }


def test_the_parts_of_a_window_are_added() -> None:
    """No call spans more than six hours; clients and nodes without statistics are no services."""
    service = XRay()
    found = trace_totals.totals(Calls(lambda _: service), DAY)
    assert found == [
        ServiceTotals("web", "AWS::Lambda", 300, 15, 6, 30, 150.0),
        ServiceTotals("web", "AWS::Lambda::Function", 21),
    ]
    spans = [(end - start).total_seconds() / 3600 for start, end in service.asked]
    assert spans == [6, 6, 1]
