"""Saved log events: the answers of FilterLogEvents and GetLogEvents as the `aws` command writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from shopfast_obs.model.telemetry import LogEvent


def is_log(value: Any) -> bool:  # noqa: ANN401 - anything may stand in a file
    """True for the answer of FilterLogEvents or GetLogEvents."""
    events = value.get("events") if isinstance(value, dict) else None
    return isinstance(events, list) and all(isinstance(event, dict) and "message" in event for event in events[:3])


def events(name: str, content: bytes) -> Iterator[LogEvent]:
    """The events of a file, oldest first; `name` is the group where the file does not say which it is. Nothing for a
    file of anything else."""
    if b'"events"' not in content:
        return
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return
    if not is_log(value):
        return
    group = value.get("logGroupName")
    found = [_event(item, group if isinstance(group, str) else name) for item in value["events"]]
    yield from sorted((event for event in found if event is not None), key=lambda event: event.timestamp)


def _event(item: Any, group: str) -> LogEvent | None:  # noqa: ANN401
    if not isinstance(item, dict) or not isinstance(item.get("message"), str):
        return None
    stamp = item.get("timestamp")
    if not isinstance(stamp, int | float) or not -1e15 < stamp < 1e15:
        return None
    stream = item.get("logStreamName")
    identity = item.get("eventId")
    return LogEvent(
        stamp / 1000,
        item["message"].rstrip("\n"),
        group,
        stream if isinstance(stream, str) else "",
        identity if isinstance(identity, str) else "",
    )
