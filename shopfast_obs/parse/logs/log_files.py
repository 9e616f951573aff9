"""Saved log events, as AWS and its tools write them: answers of the Logs API, subscriptions, exports, lines."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import orjson

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import log_lines
from shopfast_obs.parse.read_problems import Unread
from shopfast_obs.parse.saved import encodings, log_values
from shopfast_obs.parse.saved.forms import HEAD, Form, form_of
from shopfast_obs.parse.saved.values import values
from shopfast_obs.parse.traces import trace_values

_JSON = ("{", "[")
_LEVELED = re.compile(r"\[[A-Z]{4,8}\][\t ]")
_ROWS = (Form.CSV, Form.TABLE)


def events(name: str, content: bytes, unread: Unread | None = None, stream: str = "") -> Iterator[LogEvent]:
    """The events of a file, oldest first; `name` is the group, and `stream` the stream, where the file does not say
    which it is. Nothing for a file of anything else; what is no event in a file of events is counted in `unread`."""
    form = form_of(content[:HEAD]).form
    content = encodings.in_utf8(content)
    reader = log_lines.Lines(name, stream)
    found = sorted(_events(reader, content, form, unread or Unread(name)), key=lambda event: event.timestamp)
    del content  # as large as what was made of it
    yield from found


def lines(name: str, content: bytes, unread: Unread, stream: str = "") -> Iterator[LogEvent]:
    """The events of lines in UTF-8, as they stand there."""
    reader = log_lines.Lines(name, stream)
    yield from _lines(reader, content, unread)
    yield from reader.rest()


def is_of_lines(content: bytes, form: Form) -> bool:
    """True for a file of nothing but lines of a log: text, and records of a logger."""
    return form is Form.LINES or (form is Form.JSON_LINES and _holds_records(content))


def _events(reader: log_lines.Lines, content: bytes, form: Form, unread: Unread) -> Iterator[LogEvent]:
    if is_of_lines(content, form):
        yield from _lines(reader, content, unread)
    elif form in _ROWS:
        yield from log_values.rows(values("", content, form, []), reader, unread)
    else:
        for value in values("", content, form, []):  # what is wrong with it is said where traces are looked for
            found = log_values.events(value, reader, unread)
            if found is not None:
                yield from found
            elif isinstance(value, dict) and log_lines.is_record(value):
                yield from reader.record(orjson.dumps(value).decode(), value)
    yield from reader.rest()


def _holds_records(content: bytes) -> bool:
    """True for JSON lines that a logger wrote, or of events; answers of the Logs API may hold spans."""
    seen = [value for line in content[:HEAD].splitlines()[:50] if isinstance(value := _loaded(line), dict)]
    if any(trace_values.are_in(value) for value in seen):
        return False
    return any(log_values.is_of_logs(value) and not log_values.is_log(value) for value in seen)


def _lines(reader: log_lines.Lines, content: bytes, unread: Unread) -> Iterator[LogEvent]:
    for line in io.BytesIO(content):
        text = line.decode("utf-8", encodings.FALLBACK)
        value = (
            _loaded(text if not line.isascii() else line)
            if text[:1] in ("{", "[") and text[:9].strip() != "[ERROR]"
            else None
        )
        told = log_values.events(value, reader, unread) if value is not None else None
        if told is not None:
            yield from told
        elif isinstance(value, dict):
            yield from reader.record(text, value)
        else:
            yield from reader.text(text)


def _loaded(content: bytes | str) -> Any:  # noqa: ANN401
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
