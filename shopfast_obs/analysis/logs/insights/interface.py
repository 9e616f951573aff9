"""What queries are made of: records, values, and the error that says where a query is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Time:
    """A point in time in milliseconds since 1970; it is written as a date."""

    milliseconds: float


Value = Any  # str, float, bool, Time, None, or a list or dict of JSON
Fields = Mapping[str, Value]
NOTHING: Fields = {}


class QueryError(ValueError):
    """A query that cannot be read or run: why, and between which characters."""

    def __init__(self, message: str, start: int = 0, end: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


@dataclass(slots=True)
class Record:
    """One log event, or one row. What is in the message is discovered only when a query asks for it."""

    own: dict[str, Value]
    discover: Callable[[], Fields] | None = None
    _found: Fields | None = field(default=None, repr=False)

    def get(self, name: str) -> Value:
        """The value of a field, None when there is none; `a.b` looks into a map `a`, too."""
        if name in self.own:
            return self.own[name]
        found = self.discovered().get(name)
        return found if found is not None or "." not in name else self._inside(name)

    def discovered(self) -> Fields:
        """The fields that were found in the message."""
        if self._found is None:
            self._found = self.discover() if self.discover is not None else NOTHING
        return self._found

    def with_fields(self, more: Mapping[str, Value]) -> Record:
        """The same record with more fields."""
        return Record({**self.own, **more}, self.discover, self._found)

    def _inside(self, name: str) -> Value:
        first, *steps = name.split(".")
        value = self.own.get(first)
        for step in steps:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and step.isdecimal() and len(step) < 10 and int(step) < len(value):
                value = value[int(step)]
            else:
                return None
        return value


def number(value: Value) -> float | None:
    """The number that a value is or says; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < math.inf else None
    if isinstance(value, Time):
        return value.milliseconds
    try:
        found = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def text(value: Value) -> str:
    """A value as results show it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Time):
        return written(value)
    if isinstance(value, int | float):
        return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else repr(value)
    if isinstance(value, dict | list):
        import orjson

        return orjson.dumps(value).decode()
    return "" if value is None else str(value)


def written(time: Time) -> str:
    """`2026-01-31 12:00:00.000`."""
    try:
        when = datetime.fromtimestamp(time.milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return str(int(time.milliseconds))
    return f"{when:%Y-%m-%d %H:%M:%S}.{when.microsecond // 1000:03d}"


def truth(value: Value) -> bool:
    """Whether a value counts as true in a filter."""
    if isinstance(value, str):
        return value.lower() == "true"
    return bool(value)
