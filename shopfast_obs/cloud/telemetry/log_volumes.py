"""How much log groups took in within a window: the metric that Logs itself writes, or what a group holds at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.cloud.interface import LogVolume, MetricQuery
from shopfast_obs.cloud.telemetry import metrics
from shopfast_obs.model.telemetry import TimeRange

HOUR = 3600
LATE = 300.0  # seconds by which the metric may come later than the lines: so much earlier traffic stands for it
KEPT = ((14 * 24 * HOUR, 60), (62 * 24 * HOUR, 300))  # seconds for which points of so many seconds are kept
POINTS = 300  # of one metric that are enough


def volumes(calls: Calls, window: TimeRange, now: float) -> list[LogVolume]:
    """The volume of each group in the window of the metrics' clock, which is `now`; what each group holds in all where
    the metric may not be read. Raises RefusedError when the groups may not be listed."""
    held = [_held(item) for item in calls.items("logs", "describe_log_groups", "logGroups")]
    period = _period(window, now)
    start = (window.start - LATE) // period * period
    queries = [MetricQuery("AWS/Logs", "IncomingBytes", (("LogGroupName", one.group),), "Sum", period) for one in held]
    try:
        found = metrics.series(calls, queries, TimeRange(start, window.end))
    except RefusedError:
        return held
    return [replace(one, bytes=int(series.total)) for one, series in zip(held, found, strict=True)]


def _held(item: Mapping[str, Any]) -> LogVolume:
    return LogVolume(item["logGroupName"], int(item.get("storedBytes") or 0), item.get("logGroupClass") or "STANDARD")


def _period(window: TimeRange, now: float) -> int:
    """The shortest whose points are kept for as long, and of which there are not too many."""
    kept = next((seconds for age, seconds in KEPT if now - window.start < age), HOUR)
    return next(seconds for seconds in (60, 300, HOUR, 24 * HOUR) if seconds >= kept and _few(window, seconds))


def _few(window: TimeRange, period: int) -> bool:
    return window.seconds / period <= POINTS or period == 24 * HOUR
