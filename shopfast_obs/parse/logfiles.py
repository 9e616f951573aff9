"""Saved log events, as AWS and its tools write them: answers of the Logs API, subscriptions, exports, records."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse import loglines

_ONE_EVENT = frozenset((
    "timestamp", "message", "ingestionTime", "eventId", "id", "logStreamName", "logStream", "logGroupName", "logGroup",
))  # fmt: skip


def is_log(value: Any) -> bool:  # noqa: ANN401 - anything may stand in a file
    """True for the answer of FilterLogEvents or GetLogEvents."""
    events = value.get("events") if isinstance(value, dict) else None
    return isinstance(events, list) and all(isinstance(event, dict) and "message" in event for event in events[:3])


def events(name: str, content: bytes) -> Iterator[LogEvent]:
    """The events of a file, oldest first; `name` is the group where the file does not say which it is. Nothing for a
    file of anything else."""
    yield from sorted(_document(name, content) or _lines(name, content), key=lambda event: event.timestamp)


def has_lines(content: bytes) -> bool:
    """True for a file of nothing but log lines or events; an answer of the Logs API is none, because it may hold
    spans."""
    first = _first(content)
    if first.startswith(b"["):
        value = _loaded(content)
        if isinstance(value, list):
            return bool(value) and isinstance(value[0], dict) and _of_api(value[0], "") is not None
    return _is_line(first) and not is_log(_loaded(first))


def _first(content: bytes) -> bytes:
    return next((line for line in io.BytesIO(content) if line.strip()), b"")


def _is_line(line: bytes) -> bool:
    text = line.decode("utf-8", "replace")
    if not text.startswith("{"):
        return loglines.begins(text)
    value = _loaded(line)
    return isinstance(value, dict) and (_of_api(value, "") is not None or loglines.is_record(value))


def _document(name: str, content: bytes) -> list[LogEvent]:
    """The events of a file that is one JSON document."""
    if content[:1] not in (b"{", b"[") and content[:64].lstrip()[:1] not in (b"{", b"["):
        return []
    value = _loaded(content)
    if isinstance(value, list):
        return [event for item in value if isinstance(item, dict) for event in _of_api(item, name) or ()]
    return (_of_api(value, name) or []) if isinstance(value, dict) else []


def _lines(name: str, content: bytes) -> Iterator[LogEvent]:
    if not _is_line(_first(content)):
        return
    reader = loglines.Lines(name)
    for line in io.BytesIO(content):
        text = line.decode("utf-8", "replace")
        value = _loaded(line) if text.startswith("{") else None
        told = _of_api(value, name) if isinstance(value, dict) else None
        if told is not None:
            yield from told
        elif isinstance(value, dict):
            yield from reader.record(text, value)
        else:
            yield from reader.text(text)
    yield from reader.rest()


def _of_api(value: Mapping[str, Any], name: str) -> list[LogEvent] | None:
    """The events of an answer of the Logs API, of a subscription's message or of one event; None for anything else."""
    if is_log(value):
        items = value["events"]
    elif isinstance(value.get("logEvents"), list):
        items = value["logEvents"]
    elif "message" in value and _moment(value) is not None and _ONE_EVENT.issuperset(value):
        items = [value]
    else:
        return None
    found = (_event(item, value, name) for item in items if isinstance(item, dict))
    return [event for event in found if event is not None]


def _event(item: Mapping[str, Any], around: Mapping[str, Any], name: str) -> LogEvent | None:
    moment, message = _moment(item), item.get("message")
    if moment is None or not isinstance(message, str):
        return None
    group = _text(item, "logGroupName", "logGroup") or _text(around, "logGroupName", "logGroup") or name
    stream = _text(item, "logStreamName", "logStream") or _text(around, "logStream")
    return LogEvent(moment, message.rstrip("\n"), group, stream, _text(item, "eventId", "id"))


def _moment(item: Mapping[str, Any]) -> float | None:
    """Seconds since 1970, of the milliseconds that the Logs API gives."""
    stamp = item.get("timestamp")
    return stamp / 1000 if isinstance(stamp, int | float) and -1e15 < stamp < 1e15 else None


def _text(item: Mapping[str, Any], *names: str) -> str:
    return next((found for name in names if isinstance(found := item.get(name), str)), "")


def _loaded(content: bytes | str) -> Any:  # noqa: ANN401
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
