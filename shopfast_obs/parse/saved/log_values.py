"""Values of saved files to log events: answers of the Logs API and of Logs Insights, rows, subscriptions, telemetry."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import log_lines, log_times
from shopfast_obs.parse.read_problems import Unread
from shopfast_obs.parse.saved import payloads

_ONE_EVENT = frozenset((
    "timestamp", "message", "ingestionTime", "eventId", "id", "logStreamName", "logStream", "logGroupName", "logGroup",
))  # fmt: skip
_GROUPS = ("logGroupName", "logGroup", "logGroupIdentifier", "@log")
_STREAMS = ("logStreamName", "logStream", "@logStream")
_CONTAINER = frozenset(("log", "stream", "time"))  # of Docker's json-file, a line each
_TELEMETRY = frozenset(("time", "type", "record"))
_TIMES = ("@timestamp", "timestamp", "time", "date", "@ingestionTime")
_TEXTS = ("@message", "message")


def is_log(value: Any) -> bool:  # noqa: ANN401 - anything may stand in a file
    """True for the answer of FilterLogEvents or GetLogEvents."""
    events = value.get("events") if isinstance(value, dict) else None
    return isinstance(events, list) and all(isinstance(event, dict) and "message" in event for event in events[:3])


def is_span(message: Any) -> bool:  # noqa: ANN401
    """True for the message of an event of the group aws/spans: a span, and no line of a log."""
    return isinstance(message, str) and '"startTimeUnixNano"' in message


def logged(value: Mapping[str, Any]) -> Sequence[Any]:
    """The events of an answer of the Logs API, or of what subscriptions send."""
    found = value["events"] if is_log(value) else value.get("logEvents")
    return found if isinstance(found, list) else ()


def is_of_logs(value: Any) -> bool:  # noqa: ANN401
    """True for a value that holds log events or is one."""
    if isinstance(value, dict) and log_lines.is_record(value):
        return True
    return events(value, log_lines.Lines(""), Unread("")) is not None


def events(value: Any, reader: log_lines.Lines, unread: Unread) -> Iterable[LogEvent] | None:  # noqa: ANN401
    """The events that a value holds; None for one of anything else. What is no event among events is counted."""
    if isinstance(value, list):
        return _of_list(value, reader, unread)
    if not isinstance(value, dict):
        return None
    if is_log(value) or isinstance(value.get("logEvents"), list):
        return _all(_event(item, value, reader, unread) for item in logged(value))
    found = _insights(value)
    if any(_says(row) for row in found):
        return _rows(found, reader, unread)
    return _one(value, reader, unread)


def _insights(value: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The rows of GetQueryResults, of the console's export, of GetLogRecord."""
    if isinstance(value.get("results"), list):
        return [_fields(row) for row in value["results"]]
    record = value.get("logRecord")
    return [record] if isinstance(record, dict) else [value] if "@message" in value else []


def _one(value: Mapping[str, Any], reader: log_lines.Lines, unread: Unread) -> Iterable[LogEvent] | None:
    if value.keys() == _TELEMETRY:
        return _all((_of_telemetry(value, reader),))
    if value.keys() == _CONTAINER and isinstance(value["log"], str):
        return reader.text_at(value["log"], value["time"])
    if "message" in value and _ONE_EVENT.issuperset(value) and _moment(value) is not None:
        return _all((_event(value, value, reader, unread),))
    carried = list(payloads.within(value))
    return [event for one in carried for event in _carried(one, reader, unread)] if carried else None


def _of_list(items: list[Any], reader: log_lines.Lines, unread: Unread) -> Iterable[LogEvent] | None:
    if any(isinstance(item, str) and log_lines.begins(item) for item in items[:50]):
        return _of_texts(items, reader)
    if items and all(isinstance(item, list) and len(item) == 2 and isinstance(item[1], str) for item in items):
        return _rows([{"timestamp": item[0], "message": item[1]} for item in items], reader, unread)
    told = [events(item, reader, unread) for item in items]
    found = [e for item, one in zip(items, told, strict=True) for e in (_record(item, reader) if one is None else one)]
    return found if found or any(one is not None for one in told) else None


def _of_texts(items: list[Any], reader: log_lines.Lines) -> Iterator[LogEvent]:
    """The messages alone, as `--query events[].message` gives them, or rows of time and message."""
    for item in items:
        if isinstance(item, str):
            for line in item.splitlines(keepends=True):
                yield from reader.text(line)
    yield from reader.rest()


def _carried(value: Any, reader: log_lines.Lines, unread: Unread) -> Iterable[LogEvent]:  # noqa: ANN401
    return _of_texts([value], reader) if isinstance(value, str) else events(value, reader, unread) or ()


def _record(item: Any, reader: log_lines.Lines) -> Iterable[LogEvent]:  # noqa: ANN401
    if isinstance(item, dict) and log_lines.is_record(item):
        return reader.record(orjson.dumps(item).decode(), item)
    return ()


def _all(found: Iterable[LogEvent | None]) -> list[LogEvent]:
    return [event for event in found if event is not None]


def _event(item: Any, around: Mapping[str, Any], reader: log_lines.Lines, unread: Unread) -> LogEvent | None:  # noqa: ANN401
    unread.read()
    if not isinstance(item, dict):
        unread.add("no object", item)
        return None
    moment, message = _moment(item), item.get("message")
    if is_span(message):
        return None
    if moment is None:
        unread.add("no timestamp that is a time", item.get("timestamp"))
        return None
    if not isinstance(message, str):
        unread.add("no message that is a text", message)
        return None
    return _made(moment, message, item, around, reader)


def _made(
    moment: float, message: str, item: Mapping[str, Any], around: Mapping[str, Any], reader: log_lines.Lines
) -> LogEvent:
    group = _text(item, *_GROUPS) or _text(around, *_GROUPS)
    group = group.partition(":log-group:")[2] or group
    account, _, bare = group.partition(":")  # Logs Insights writes the account before the name
    group = bare.removesuffix(":*") if account.isdigit() else group.removesuffix(":*")
    stream = _text(item, *_STREAMS) or _text(around, "logStream")
    # A million events have a few groups and streams.
    own = sys.intern(group) if group else reader.group
    stream = sys.intern(stream or reader.stream)
    return LogEvent(moment, message.rstrip("\n"), own, stream, _text(item, "eventId", "id"))


def _rows(rows: Iterable[Mapping[str, Any]], reader: log_lines.Lines, unread: Unread) -> list[LogEvent]:
    """The events of rows of Logs Insights or of a table."""
    found: list[LogEvent] = []
    for row in rows:
        unread.read()
        message = _text(row, *_TEXTS)
        if is_span(message):
            continue
        moment = log_times.seconds(next((row[name] for name in _TIMES if name in row), ""), -1.0)
        if not message:
            unread.add("no @message", _text(row, *_TIMES))
        elif moment < 0 and not log_lines.begins(message) and not message.startswith("{"):
            unread.add("no @timestamp that is a time", message)
        else:
            found.append(_made(max(moment, 0.0), message, row, {}, reader))
    return found


def rows(found: Iterable[Mapping[str, Any]], reader: log_lines.Lines, unread: Unread) -> Iterator[LogEvent]:
    """The events of a file's rows."""
    for row in found:
        yield from _rows([row], reader, unread)


def _fields(row: Any) -> Mapping[str, Any]:  # noqa: ANN401
    """A row of GetQueryResults: a list of fields and values."""
    if isinstance(row, list):
        return {str(one.get("field")): one.get("value") for one in row if isinstance(one, dict)}
    return row if isinstance(row, dict) else {}


def _says(row: Mapping[str, Any]) -> bool:
    return bool(_text(row, "@message")) or bool(_text(row, "message") and _text(row, *_TIMES))


def _of_telemetry(value: Mapping[str, Any], reader: log_lines.Lines) -> LogEvent | None:
    """An event of the Telemetry API: a platform's whole, of a function's what it said."""
    kind, said = str(value["type"]), value["record"]
    moment = log_times.seconds(value["time"], -1.0)
    if moment < 0 or not (kind.startswith("platform.") or kind in ("function", "extension")):
        return None
    if kind.startswith("platform."):
        message = orjson.dumps(dict(value)).decode()
    else:
        message = said if isinstance(said, str) else orjson.dumps(said).decode()
    return LogEvent(moment, message.rstrip("\n"), reader.group, reader.stream)


def _moment(item: Mapping[str, Any]) -> float | None:
    """Seconds since 1970, of the milliseconds that the Logs API gives, or of a text that is a time."""
    stamp = item.get("timestamp")
    if isinstance(stamp, str):
        moment = log_times.seconds(stamp, -1.0)
        return moment if moment >= 0 else None
    if isinstance(stamp, bool) or not isinstance(stamp, int | float):
        return None
    return stamp / 1000 if -1e15 < stamp < 1e15 else None


def _text(item: Mapping[str, Any], *names: str) -> str:
    return next((found for name in names if isinstance(found := item.get(name), str)), "")
