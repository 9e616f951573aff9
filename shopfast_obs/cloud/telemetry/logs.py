"""Log events through FilterLogEvents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.model.telemetry import LogEvent, TimeRange

PAGE = 10_000  # the most events of one answer


def groups(calls: Calls) -> list[str]:
    """The names of all log groups."""
    return [item["logGroupName"] for item in calls.items("logs", "describe_log_groups", "logGroups")]


def of_stream(calls: Calls, group: str, stream: str, window: TimeRange) -> list[LogEvent]:
    """The first page of a stream's events in the window, oldest first."""
    asked: dict[str, Any] = {"logGroupName": group, "startTime": int(window.start * 1000)}
    asked |= {"endTime": int(window.end * 1000), "logStreamNames": [stream]}
    found = calls.one("logs", "filter_log_events", **asked).get("events") or ()
    return [_event(item, group) for item in sorted(found, key=lambda item: int(item["timestamp"]))]


def events(calls: Calls, group: str, window: TimeRange, pattern: str = "") -> Iterator[LogEvent]:
    """The events of a group, oldest first; nothing when the group does not exist."""
    asked: dict[str, Any] = {"logGroupName": group, "endTime": int(window.end * 1000) - 1}
    if pattern:
        asked["filterPattern"] = pattern
    start, seen = int(window.start * 1000), set[tuple[object, ...]]()
    while True:
        count, last, fresh = 0, start, False
        for item in _items(calls, asked | {"startTime": start}):
            count, last = count + 1, max(last, item["timestamp"])
            key = (item.get("eventId"), item.get("logStreamName"), item["timestamp"], item["message"])
            if key not in seen:
                fresh = True
                seen.add(key)
                yield _event(item, group)
        # A full answer without a token is how some endpoints say "there is more": go on from its last millisecond.
        if count == 0 or count % PAGE or not fresh:
            return
        start = last


def _items(calls: Calls, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    try:
        for page in calls.pages("logs", "filter_log_events", **asked):
            yield from sorted(page.get("events") or (), key=lambda item: int(item["timestamp"]))
    except RefusedError as refused:
        if not refused.missing:
            raise


def _event(item: dict[str, Any], group: str) -> LogEvent:
    return LogEvent(
        timestamp=item["timestamp"] / 1000,
        message=item["message"].rstrip("\n"),
        group=group,
        stream=item.get("logStreamName", ""),
        event_id=item.get("eventId", ""),
    )
