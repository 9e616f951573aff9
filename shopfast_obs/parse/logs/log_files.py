"""Saved log events, as AWS and its tools write them: answers of the Logs API, subscriptions, exports, records."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import log_lines
from shopfast_obs.parse.read_problems import Unread
from shopfast_obs.parse.traces.document_size import too_many_values

BEGINNING = 10_000  # bytes of a line that tell what it is
_ONE_EVENT = frozenset((
    "timestamp", "message", "ingestionTime", "eventId", "id", "logStreamName", "logStream", "logGroupName", "logGroup",
))  # fmt: skip


def is_log(value: Any) -> bool:  # noqa: ANN401 - anything may stand in a file
    """True for the answer of FilterLogEvents or GetLogEvents."""
    events = value.get("events") if isinstance(value, dict) else None
    return isinstance(events, list) and all(isinstance(event, dict) and "message" in event for event in events[:3])


def events(name: str, content: bytes, unread: Unread | None = None) -> Iterator[LogEvent]:
    """The events of a file, oldest first; `name` is the group where the file does not say which it is. Nothing for a
    file of anything else; what is no event in a file of events is counted in `unread`."""
    unread = unread or Unread(name)
    found = sorted(_document(name, content, unread) or lines(name, content, unread), key=lambda event: event.timestamp)
    del content  # as large as what was made of it
    yield from found


def has_lines(content: bytes) -> bool:
    """True for a file of nothing but log lines or events; an answer of the Logs API is none, because it may hold
    spans."""
    first = _first(content)
    if first.startswith(b"["):
        value = _loaded(content)
        if isinstance(value, list):
            return bool(value) and isinstance(value[0], dict) and _of_api(value[0], "", Unread("")) is not None
    return _is_line(first) and not is_log(_loaded(first))


def _first(content: bytes) -> bytes:
    stream = io.BytesIO(content)
    return next((line for line in iter(stream.readline, b"") if line.strip()), b"")


def _is_line(line: bytes) -> bool:
    if not line.startswith(b"{"):
        return log_lines.begins(line[:BEGINNING].decode("utf-8", "replace"))
    value = _loaded(line)
    return isinstance(value, dict) and (_of_api(value, "", Unread("")) is not None or log_lines.is_record(value))


def _document(name: str, content: bytes, unread: Unread) -> list[LogEvent]:
    """The events of a file that is one JSON document."""
    if content[:1] not in (b"{", b"[") and content[:64].lstrip()[:1] not in (b"{", b"["):
        return []
    value = _loaded(content)
    if isinstance(value, list):
        return [event for item in value if isinstance(item, dict) for event in _of_api(item, name, unread) or ()]
    return (_of_api(value, name, unread) or []) if isinstance(value, dict) else []


def lines(name: str, content: bytes, unread: Unread) -> Iterator[LogEvent]:
    """The events of lines, as they stand there."""
    if not _is_line(_first(content)):
        return
    reader = log_lines.Lines(name)
    for line in io.BytesIO(content):
        text = line.decode("utf-8", "replace")
        value = _loaded(line) if text.startswith("{") else None
        told = _of_api(value, name, unread) if isinstance(value, dict) else None
        if told is not None:
            yield from told
        elif isinstance(value, dict):
            yield from reader.record(text, value)
        else:
            yield from reader.text(text)
    yield from reader.rest()


def _of_api(value: Mapping[str, Any], name: str, unread: Unread) -> list[LogEvent] | None:
    """The events of an answer of the Logs API, of a subscription's message or of one event; None for anything else."""
    if is_log(value):
        items = value["events"]
    elif isinstance(value.get("logEvents"), list):
        items = value["logEvents"]
    elif "message" in value and _moment(value) is not None and _ONE_EVENT.issuperset(value):
        items = [value]
    else:
        return None
    found = (_event(item, value, name, unread) for item in items)
    return [event for event in found if event is not None]


def _event(item: Any, around: Mapping[str, Any], name: str, unread: Unread) -> LogEvent | None:  # noqa: ANN401
    unread.read()
    if not isinstance(item, dict):
        unread.add("no object", item)
        return None
    moment, message = _moment(item), item.get("message")
    if moment is None:
        unread.add("no timestamp that is a time", item.get("timestamp"))
        return None
    if not isinstance(message, str):
        unread.add("no message that is a text", message)
        return None
    group = _text(item, "logGroupName", "logGroup") or _text(around, "logGroupName", "logGroup") or name
    stream = _text(item, "logStreamName", "logStream") or _text(around, "logStream")
    # A million events have a few groups and streams.
    return LogEvent(moment, message.rstrip("\n"), sys.intern(group), sys.intern(stream), _text(item, "eventId", "id"))


def _moment(item: Mapping[str, Any]) -> float | None:
    """Seconds since 1970, of the milliseconds that the Logs API gives."""
    stamp = item.get("timestamp")
    if isinstance(stamp, bool) or not isinstance(stamp, int | float):
        return None
    return stamp / 1000 if -1e15 < stamp < 1e15 else None


def _text(item: Mapping[str, Any], *names: str) -> str:
    return next((found for name in names if isinstance(found := item.get(name), str)), "")


def _loaded(content: bytes | str) -> Any:  # noqa: ANN401
    if isinstance(content, bytes) and too_many_values(content):
        return None  # which is said where traces are looked for
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
