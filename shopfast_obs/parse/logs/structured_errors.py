"""Exceptions in the fields of a JSON log line, as the loggers of many languages name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.parse.logs.logged_exceptions import LoggedException, exception, frames
from shopfast_obs.parse.logs.printed_errors import printed, stack

_OBJECTS = ("error", "err", "exception", "exc", "thrown", "stack_trace")
_TYPES = ("exception_name", "errorType", "error.type", "exception.type")
_OBJECT_TYPES = ("name", "type", "errorType", "class", "exceptionType", "exception_class")
_MESSAGES = ("errorMessage", "error.message", "exception.message")
_OBJECT_MESSAGES = ("message", "errorMessage", "exception_message")
_STACKS = ("exception", "stackTrace", "stack_trace", "stack", "stacktrace", "error.stack_trace", "exception.stacktrace",
           "@x", "exc_info")  # fmt: skip
_OBJECT_STACKS = ("stack", "stackTrace", "stack_trace", "stacktrace", "extendedStackTrace")
KEYS = frozenset((*_OBJECTS, *_TYPES, *_STACKS))
_Frames = tuple[tuple[str, int, str], ...]


def thrown(value: Mapping[str, Any]) -> LoggedException | None:
    """The exception that the fields tell of, or None."""
    reason = value.get("reason")  # of a promise that was rejected
    if isinstance(reason, dict) and isinstance(reason.get("errorType"), str):
        value = reason
    inner = next((found for name in _OBJECTS if isinstance(found := value.get(name), dict)), {})
    kind = first(value, _TYPES) or first(inner, _OBJECT_TYPES)
    text, given = _stack(value, _STACKS)
    if not text and not given:
        text, given = _stack(inner, _OBJECT_STACKS)
    told = exception(text) or printed(text)
    if not kind and told is None:
        return None
    said = first(value, _MESSAGES) or first(inner, _OBJECT_MESSAGES)
    kind = _plain(kind)
    if told and not said and kind in ("", told.type):
        return told
    message = said or (told.message if told else "") or first(value, ("message",))
    where = given or (told.stack if told else frames(text) or stack(text))
    fatal = any(label == "lambdaPanicResponse" for _, _, label in given)  # after a panic Go's runtime client exits
    return LoggedException(kind or (told.type if told else ""), message, where, fatal)


def first(value: Mapping[str, Any], keys: Sequence[str]) -> str:
    """The first of the fields that is a text; empty when none is."""
    for key in keys:
        found = value.get(key)
        if found.__class__ is str:
            return found
    return ""


def _stack(value: Mapping[str, Any], names: Sequence[str]) -> tuple[str, _Frames]:
    """What the fields print of a stack, and the frames where they are objects, as Go's are."""
    for name in names:
        found = value.get(name)
        if isinstance(found, str) and found:
            return found, ()
        if isinstance(found, list) and found:
            objects = [_frame(frame) for frame in reversed(found) if isinstance(frame, dict)]
            return ("", tuple(objects)) if objects else ("\n".join(str(line).rstrip("\n") for line in found), ())
    return "", ()


def _frame(frame: Mapping[str, Any]) -> tuple[str, int, str]:
    line = frame.get("line")
    return first(frame, ("path", "file")), line if isinstance(line, int) else 0, first(frame, ("label", "function"))


def _plain(kind: str) -> str:
    """Ruby's runtime says in which phase it was: `Function<NoMethodError>`."""
    phase, _, name = kind.partition("<")
    return name[:-1] if phase in ("Function", "Init") and name.endswith(">") else kind
