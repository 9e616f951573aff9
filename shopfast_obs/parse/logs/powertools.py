"""Log lines to one shape, whoever wrote them: Powertools' Logger, Lambda's formats, or a function's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from shopfast_obs.parse.logs import levels, printed_errors, structured_errors
from shopfast_obs.parse.logs.logged_exceptions import LoggedException, exception, frames
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
_REQUEST_KEYS = ("function_request_id", "requestId", "aws_request_id", "AWSRequestId")
_TRACE_KEYS = ("xray_trace_id", "traceId", "trace_id")
_CORRELATION_KEYS = ("correlation_id", "correlationId")
_SAID_KEYS = ("message", "msg", "@m", "@mt", "event", "errorMessage")
# A logger's own line within the one that Lambda makes of it in its JSON format.
_INNER = frozenset(("level", "log_level", "levelname", "severity", "errorType", "error", "err", "exception"))
_SAID = frozenset((*_SAID_KEYS, "errorType"))
_WARNING = "LAMBDA_WARNING: "
FAILING = ("ERROR", "CRITICAL")  # levels
_NO_FIELDS: Mapping[str, Any] = {}


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
    text = message.replace("\r\n", "\n").replace("\r", "\n") if "\r" in message else message
    if text.startswith(_WARNING) and "\n" in text:
        return record(text.partition("\n")[2].lstrip())  # what it warns of
    return _plain(text)


def heading(message: str) -> tuple[str, str]:
    """The level and the message of a line's record, for less than the whole record costs."""
    if not message.startswith(("{", _WARNING)):
        text = message.replace("\r\n", "\n").replace("\r", "\n") if "\r" in message else message
        found = _TEXT.match(text)
        level, said = (found[1], found[2]) if found else levels.of_text(text)
        if not found or not said.startswith("{"):
            return level, said.rstrip("\n")
    try:
        value = orjson.loads(message)
    except orjson.JSONDecodeError:
        value = None
    if isinstance(value, dict):
        value = _unwrapped(value)
        level = levels.of_fields(value)
        return level, _said(value, level)
    known = record(message)
    return known.level, known.message


def _structured(value: Mapping[str, Any]) -> LogRecord:
    value = _unwrapped(value)
    service, cold = value.get("service", ""), value.get("cold_start")
    trace = structured_errors.first(value, _TRACE_KEYS)
    level = levels.of_fields(value)
    return LogRecord(
        _said(value, level),
        level,
        service if service.__class__ is str else "",
        structured_errors.first(value, _REQUEST_KEYS),
        trace_id(trace) if trace else "",
        structured_errors.first(value, _CORRELATION_KEYS),
        cold if cold.__class__ is bool else None,
        None if structured_errors.KEYS.isdisjoint(value) else structured_errors.thrown(value),
        value,
    )


def _unwrapped(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields with those of a logger's line that is the message, once."""
    text = value.get("message", value.get("msg"))
    inner = text
    if text.__class__ is str and text.startswith("{"):
        try:
            inner = orjson.loads(text)
        except orjson.JSONDecodeError:
            return value
    if not isinstance(inner, dict) or _INNER.isdisjoint(inner) or _SAID.isdisjoint(inner):
        return value
    outer = {name: field for name, field in value.items() if name not in ("message", "msg")}
    return {**outer, **inner}


def _said(value: Mapping[str, Any], level: str) -> str:
    text = next((value[name] for name in _SAID_KEYS if name in value), None)
    if text is None:
        fields = value.get("fields")
        text = fields["message"] if isinstance(fields, dict) and "message" in fields else ""
    if text.__class__ is not str:
        return orjson.dumps(text).decode()
    if level in FAILING:  # loggers of Go put what the error says beside it
        more = value.get("error", value.get("err"))
        if more.__class__ is str and more and more not in text:
            return f"{text}: {more}" if text else more
    return text


def _plain(message: str) -> LogRecord:
    found = _TEXT.match(message)
    if found:
        level, text = found[1], found[2]
        if text.startswith("{") and (inner := record(text)).fields != _NO_FIELDS:
            return inner._replace(level=inner.level or level, request_id=inner.request_id or request_id(message))
    else:
        level, text = levels.of_text(message)
    return LogRecord(
        message=text.rstrip("\n"),
        level=level,
        request_id=request_id(message),
        trace_id=trace_id(message),
        exception=_python_exception(level, text) if found else _plain_exception(level, text, message),
    )


def _plain_exception(level: str, text: str, message: str) -> LoggedException | None:
    if "Traceback (most recent call last)" in text:
        return _python_exception(level, text)
    told = printed_errors.embedded(message) if "errorType" in message else None
    if told:
        thrown = structured_errors.thrown(told[0])
        return thrown._replace(fatal=told[1]) if thrown else None
    return printed_errors.printed(text)


def _python_exception(level: str, text: str) -> LoggedException | None:
    if level != "ERROR" and "Traceback (most recent call last)" not in text:
        return None
    head, separator, traceback = text.partition("Traceback (most recent call last)")
    if separator:
        at_end = exception(traceback)
        if at_end is not None:
            return at_end
        first = _RAISED.match(head.strip())
        if first:  # the runtime client prints type and message first, the traceback after
            return LoggedException(first[1], first[2].strip(), frames(traceback))
        return LoggedException("", head.strip(), frames(traceback))
    first = _TYPE.match(text.strip())
    return printed_errors.printed(text) or (LoggedException(first[1], first[2].strip()) if first else None)
