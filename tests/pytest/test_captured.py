"""Captured telemetry: what matches, and what a failure shows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from shopfast_obs.model.telemetry import LogEvent, MetricSeries, Segment, Trace
from shopfast_obs.pytest.captured import CapturedTelemetry
from shopfast_obs.testing import FakeCloud

KEY = (("service", "orders"),)


@dataclass
class Here:
    """A local cloud that answers from memory; `metrics` become known after the test has begun."""

    cloud: FakeCloud = field(default_factory=FakeCloud)
    listed: list[dict[str, Any]] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return self

    def get_paginator(self, name: str) -> Any:
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"Metrics": self.listed}]


def captured(began: float = 0.0) -> tuple[CapturedTelemetry, FakeCloud]:
    """Telemetry of a test that began just now: a trace, two log events, and what was there before it."""
    here = Here()
    telemetry = CapturedTelemetry(here)  # type: ignore[arg-type]
    now = time.time() + began
    inner = Segment("2", "charge", now, now + 0.1, annotations={"customer": "c-1", "name": "x"}, fault=True)
    here.cloud.recorded_traces = [
        Trace("1-a", (Segment("1", "orders", now, now + 1, subsegments=(inner,)),)),
        Trace("1-b", (Segment("3", "earlier", now - 60, now - 59),)),
    ]
    messages = ('{"message": "placed", "order": {"id": 7}}', "plain text\x1b[31m", '{"message": "other"}')
    here.cloud.logs = {"/aws/lambda/orders": [LogEvent(now, text, "/aws/lambda/orders", "s") for text in messages]}
    return telemetry, here.cloud


def test_what_matches_is_returned() -> None:
    """Segments at any depth, by name, annotations and outcome; JSON fields of any type; text."""
    telemetry, _ = captured()
    assert telemetry.assert_traced("orders").id == "1"
    assert telemetry.assert_traced("charge", annotations={"customer": "c-1", "name": "x"}, fault=True).id == "2"
    assert telemetry.assert_logged(fields={"order": {"id": 7}}).message.startswith("{")
    assert telemetry.assert_logged("plain", group="/aws/lambda/orders").group == "/aws/lambda/orders"


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("assert_traced", ("earlier",), "No segment 'earlier' was captured within 0 s.\n2 segments:\n  orders"),
        ("assert_traced", ("charge", {"fault": False}), "with fault=False was"),
        ("assert_traced", ("charge", {"annotations": {"customer": "c-2"}}), "charge (fault) customer='c-1'"),
        ("assert_logged", ("nothing",), "No log event with 'nothing' was captured"),
        ("assert_logged", ("", {"fields": {"message": "plac"}}), "with message='plac' was"),
        ("assert_logged", ("plain", {"group": "other"}), "/aws/lambda/orders: plain text\\x1b[31m"),
        ("assert_metric", ("Sold",), "There were no metrics."),
    ],
)  # fmt: skip
def test_a_failure_says_what_was_looked_for_and_shows_what_there_was(
    name: str, given: tuple[Any, ...], said: str
) -> None:
    """Control characters do nothing."""
    telemetry, _ = captured()
    options = given[1] if len(given) > 1 else {}
    with pytest.raises(AssertionError) as failed:
        getattr(telemetry, name)(given[0], within=0, **options)
    assert said in str(failed.value)


def test_a_metric_is_what_its_minute_got_since_the_test_began() -> None:
    """An earlier test of the same minute is not counted."""
    here = Here(
        listed=[{"Namespace": "Shop", "MetricName": "Sold", "Dimensions": [{"Name": "service", "Value": "orders"}]}]
    )

    def received(total: float, count: float) -> None:
        here.cloud.metrics = [
            MetricSeries("Shop", "Sold", KEY, statistic, 60, ((time.time(), value),))
            for statistic, value in (("Sum", total), ("SampleCount", count))
        ]

    received(4, 2)
    telemetry = CapturedTelemetry(here)  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="There were no metrics"):
        telemetry.assert_metric("Sold", within=0)
    received(9, 3)
    found = telemetry.assert_metric("Sold", 5, namespace="Shop", dimensions={"service": "orders"})
    assert (found.sum, found.count) == (5, 1)
    for wrong in ({"total": 9}, {"namespace": "shop"}, {"dimensions": {"service": "other"}}):
        with pytest.raises(AssertionError, match="Shop Sold sum 5 of 1 service='orders'"):
            telemetry.assert_metric("Sold", within=0, **wrong)


def test_many_lines_are_cut() -> None:
    """The last log events are those that tell why."""
    telemetry, cloud = captured()
    now = time.time()
    cloud.logs = {"g": [LogEvent(now, f"line {number} {'x' * 300}", "g", "s") for number in range(50)]}
    with pytest.raises(AssertionError) as failed:
        telemetry.assert_logged("nothing", within=0)
    lines = str(failed.value).splitlines()
    assert lines[1] == "The last 20 of 50 log events:"
    assert lines[-1].startswith("  g: line 49 x")
    assert len(lines) == 22
    assert max(map(len, lines)) < 210
