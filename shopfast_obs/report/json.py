"""A view as the JSON that scripts read: names are kept, times are seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

_DRIVING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
VERSION = 1  # of the documents; `report schema` says what is in them


def headed(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The document with what it is and its version before the rest."""
    return {"format": f"shopfast-obs {name}", "version": VERSION, **body}


def document(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value as plain dictionaries, lists, strings and numbers; dataclasses and named tuples keep
    their fields' names."""
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: document(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): document(inner) for key, inner in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: document(inner) for name, inner in value._asdict().items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [document(inner) for inner in value]
    return str(value)


def written(plain: Any) -> str:  # noqa: ANN401
    """A document of dictionaries, lists, strings and numbers as text, ending with a new line; ten times as fast as the
    standard library where it is large."""
    import orjson

    return escaped(orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode())


def escaped(text: str) -> str:
    """JSON with what drives terminals or turns text around as escapes; orjson leaves what JSON allows to be bare."""
    return _DRIVING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
