"""Log lines to one shape, whoever wrote them: Powertools' Logger, Lambda's formats, or a function's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from shopfast_obs.parse.logs.platform import request_id, trace_id
from shopfast_obs.patterns import late

# Lambda's text format: `[ERROR]\t2026-01-01T00:00:00.000Z\t<request id>\tmessage`; the runtime client writes
# `[ERROR] Type: message\nTraceback ...` with a space instead.
_TEXT = late(
    r"\[(DEBUG|INFO|WARNING|ERROR|CRITICAL)\][\t ]+(?:\d{4}-\d\d-\d\dT[\d:.]+Z\t(?:[0-9a-f-]{36})\t)?(.*)", re.S
)
_TYPE = late(r"((?:[A-Za-z_]\w*\.)*[A-Z]\w*): ?(.*)", re.S)
# `socket.gaierror` and `struct.error` have no capital; where a type must stand, nothing is mistaken for one.
_RAISED = late(r"((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*): ?(.*)", re.S)
_TYPE_NAME = late(r"(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*")
_LEVEL_KEYS = ("level", "log_level", "levelname")
_REQUEST_KEYS = ("function_request_id", "requestId", "aws_request_id", "AWSRequestId")
_TRACE_KEYS = ("xray_trace_id", "traceId", "trace_id")
_CORRELATION_KEYS = ("correlation_id", "correlationId")
_EXCEPTION_KEYS = frozenset(("exception_name", "exception", "stack_trace", "errorType", "stackTrace"))
_NO_FIELDS: Mapping[str, Any] = {}
_FRAME = late(r'File "([^"]+)", line ([0-9]{1,9}), in ([^\n]+)')


class LoggedException(NamedTuple):
    """An exception in a log line: `stack` has (path, line, function), outermost first as Python prints it."""

    type: str
    message: str
    stack: tuple[tuple[str, int, str], ...] = ()


class LogRecord(NamedTuple):
    """What a log line says, in fields. `level` is empty where the line has none."""

    message: str
    level: str = ""
    service: str = ""
    request_id: str = ""
    trace_id: str = ""
    correlation_id: str = ""
    cold_start: bool | None = None
    exception: LoggedException | None = None
    fields: Mapping[str, Any] = _NO_FIELDS


def record(message: str) -> LogRecord:
    """The record that a log line carries; a line of free text is a record with only a message."""
    if message.startswith("{"):
        try:
            value = orjson.loads(message)
        except orjson.JSONDecodeError:
            value = None
        if isinstance(value, dict):
            return _structured(value)
    # The runtime client joins the lines of an error with carriage returns where it has no framed log of its own.
    return _plain(message.replace("\r\n", "\n").replace("\r", "\n") if "\r" in message else message)


def _structured(value: Mapping[str, Any]) -> LogRecord:
    text = value.get("message", value.get("errorMessage", ""))
    service, cold = value.get("service", ""), value.get("cold_start")
    trace = _first(value, _TRACE_KEYS)
    return LogRecord(
        text if text.__class__ is str else orjson.dumps(text).decode(),
        _first(value, _LEVEL_KEYS).upper(),
        service if service.__class__ is str else "",
        _first(value, _REQUEST_KEYS),
        trace_id(trace) if trace else "",
        _first(value, _CORRELATION_KEYS),
        cold if cold.__class__ is bool else None,
        None if _EXCEPTION_KEYS.isdisjoint(value) else _structured_exception(value),
        value,
    )


def _structured_exception(value: Mapping[str, Any]) -> LoggedException | None:
    """Powertools writes exception_name, exception and stack_trace; Lambda errorType, errorMessage and stackTrace."""
    kind = _first(value, ("exception_name", "errorType"))
    printed = value.get("exception", value.get("stackTrace", value.get("stack_trace")))
    if isinstance(printed, list):
        printed = "".join(str(line) for line in printed)
    structured = value.get("stack_trace")
    if isinstance(structured, dict):
        kind = kind or _first(structured, ("type",))
    if not kind and not (isinstance(printed, str) and "Traceback" in printed):
        return None
    traceback = printed if isinstance(printed, str) else ""
    found = exception(traceback)
    said = _first(value, ("errorMessage",))
    if found and not said and kind in ("", found.type):
        return found
    message = said or (found.message if found else "") or _first(value, ("message",))
    frames = found.stack if found else _frames(traceback)
    return LoggedException(kind or (found.type if found else ""), message, frames)


def _plain(message: str) -> LogRecord:
    found = _TEXT.match(message)
    level, text = (found[1], found[2]) if found else ("", message)
    return LogRecord(
        message=text.rstrip("\n"),
        level=level,
        request_id=request_id(message),
        trace_id=trace_id(message),
        exception=_plain_exception(level, text),
    )


def _plain_exception(level: str, text: str) -> LoggedException | None:
    if level != "ERROR" and "Traceback (most recent call last)" not in text:
        return None
    head, separator, traceback = text.partition("Traceback (most recent call last)")
    if separator:
        at_end = exception(traceback)
        if at_end is not None:
            return at_end
        first = _RAISED.match(head.strip())
        if first:  # the runtime client prints type and message first, the traceback after
            return LoggedException(first[1], first[2].strip(), _frames(traceback))
        return LoggedException("", head.strip(), _frames(traceback))
    first = _TYPE.match(text.strip())
    return LoggedException(first[1], first[2].strip()) if first else None


def exception(traceback: str) -> LoggedException | None:
    """The exception at the end of a printed Python traceback, or None; of a chain the last, the one that was raised."""
    last = traceback.rfind('File "')
    if last < 0:
        return None
    end = traceback.find("\n", last) + 1 or len(traceback)
    frames = _frames(traceback[:end])
    if not frames:
        return None
    while end < len(traceback):  # the line of code, marks below it, notes of a group: the type begins a line
        line, _, more = traceback[end:].partition("\n")
        kind, _, said = line.rstrip("\r").partition(": ")
        if _is_type(kind):
            return LoggedException(kind, f"{said}\n{more}".strip(), frames)
        end += len(line) + 1
    return None


@lru_cache(maxsize=1024)
def _is_type(name: str) -> bool:
    return _TYPE_NAME.fullmatch(name) is not None


@lru_cache(maxsize=1024)  # the same error has the same frames, whatever its message
def _frames(traceback: str) -> tuple[tuple[str, int, str], ...]:
    """The frames of the last traceback of a chain."""
    last = traceback.rpartition("Traceback (most recent call last)")[2]
    return tuple((path, int(line), label.strip()) for path, line, label in _FRAME.findall(last))


def _first(value: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        found = value.get(key)
        if found.__class__ is str:
            return found
    return ""
