"""Numbers as anybody writes them, to numbers that can be calculated with; what is none is None, never an error."""

from __future__ import annotations

from typing import Any

MOST = 1e18  # beyond it no time, size or count of telemetry lies
LONGEST = 40  # characters of a number in text; Python itself refuses to convert thousands of digits


def number(value: Any) -> float | None:  # noqa: ANN401 - a field of anybody's
    """The finite number that a JSON value or a text is, below 1e18 either way; None for anything else, NaN and true
    among it."""
    if value.__class__ is float or value.__class__ is int:
        return float(value) if -MOST < value < MOST else None  # no comparison holds for NaN
    if not isinstance(value, str) or len(value) > LONGEST or not value.isascii() or "_" in value:
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if -MOST < found < MOST else None


def whole(value: Any) -> int | None:  # noqa: ANN401 - a field of anybody's
    """The same without its fraction."""
    found = number(value)
    return None if found is None else int(found)
