"""The fields that Logs Insights finds in a log event: JSON, and what Lambda's own lines say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import orjson

from shopfast_obs.analysis.logs.insights.interface import Record, Time, Value
from shopfast_obs.localcloud.logs.api import pointer
from shopfast_obs.localcloud.logs.store import Event
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import platform

MAX_FIELDS = 200  # of one event
MAX_DEPTH = 20
MEGABYTE = 1_000_000  # as Insights counts: 128 MB is 1.28E8
FUNCTIONS = "/aws/lambda/"


def record(account: str, event: Event) -> Record:
    """The event as a query sees it."""
    own: dict[str, Value] = {
        "@timestamp": Time(event.timestamp),
        "@ingestionTime": Time(event.ingested),
        "@message": event.message,
        "@logStream": event.stream,
        "@log": f"{account}:{event.group}",
        "@ptr": pointer(event),
    }
    return Record(own, partial(discovered, event))


def discovered(event: Event) -> dict[str, Value]:
    """The fields of the message."""
    found = dict(_flat(_json(event)))
    if event.group.startswith(FUNCTIONS) or event.message.startswith("REPORT RequestId:"):
        found |= _lambda(event)
    return found


def _json(event: Event) -> Any:  # noqa: ANN401 - what JSON may hold
    """The JSON of a message; in a function's log it may stand behind the runtime's prefix."""
    text = event.message.strip()
    if event.group.startswith(FUNCTIONS) and not text.startswith("{") and "{" in text:
        text = text[text.index("{") :]
    if not text.startswith(("{", "[")):
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _flat(root: Any) -> Iterator[tuple[str, Value]]:  # noqa: ANN401
    """Leaves by their path; a list's members by their number."""
    waiting: list[tuple[str, Any, int]] = [("", root, 0)] if isinstance(root, dict | list) else []
    count = 0
    while waiting and count < MAX_FIELDS:
        path, value, depth = waiting.pop()
        if isinstance(value, dict | list) and depth < MAX_DEPTH:
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [(f"{path}.{key}" if path else str(key), item, depth + 1) for key, item in pairs][::-1]
        elif path and value is not None:
            count += 1
            yield path, value


def _lambda(event: Event) -> dict[str, Value]:
    message = event.message
    found: dict[str, Value] = {"@requestId": platform.request_id(message) or None}
    if message.startswith(("START", "END", "REPORT")):
        found["@type"] = message.split(" ", 1)[0]
    report = platform.report(message, LogEvent(event.timestamp / 1000, message, event.group, event.stream))
    if report is not None:
        found |= {
            "@type": "REPORT",
            "@duration": report.duration * 1000,
            "@billedDuration": report.billed * 1000,
            "@memorySize": float(report.memory_size_mb * MEGABYTE),
            "@maxMemoryUsed": float(report.max_memory_mb * MEGABYTE),
            "@initDuration": None if report.init is None else report.init * 1000,
            "@xrayTraceId": report.trace_id or None,
        }
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in found.items() if value}


def names_of(events: Iterator[Event]) -> Mapping[str, int]:
    """How many of some events have each field, in per cent."""
    counts: dict[str, int] = {}
    total = 0
    for event in events:
        total += 1
        for name in ("@timestamp", "@message", "@logStream", "@ptr", "@log", *discovered(event)):
            counts[name] = counts.get(name, 0) + 1
    return {name: round(100 * count / total) for name, count in counts.items()}
