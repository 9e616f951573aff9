"""`[tool.shopfast-obs]` in a pyproject.toml: what is missing is added, what stands there stays byte for byte."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from shopfast_obs.errors import UserError
from shopfast_obs.settings import TABLE

Values = Mapping[str, str | tuple[str, ...]]
HEADER = re.compile(rf"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*[\"']?{TABLE}[\"']?[ \t]*\][ \t]*(?:#.*)?$", re.MULTILINE)


def with_settings(text: str, values: Values) -> str:
    """The text of the file with those settings that it does not have yet; raises UserError where they cannot be added
    without touching what is there."""
    before = _parsed(text)
    table = _table(before)
    missing = {key: value for key, value in values.items() if key not in table}
    if not missing:
        return text
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = ending.join(f"{key} = {_value(value)}" for key, value in missing.items())
    header = HEADER.search(text)
    if header is not None:
        end = header.end()
        after = f"{text[:end]}{ending}{lines}{text[end:]}"
    else:
        gap = "" if not text else ending if text.endswith("\n") else ending * 2
        after = f"{text}{gap}[tool.{TABLE}]{ending}{lines}{ending}"
    if not _adds(before, after, missing):
        raise UserError(
            f"The settings cannot be added to pyproject.toml: [tool.{TABLE}] is written in another way there.",
            f"Add them yourself: {'; '.join(lines.splitlines())}",
        )
    return after


def _adds(before: Mapping[str, Any], text: str, missing: Values) -> bool:
    """True where the text says what it said before, and the missing settings, and nothing else."""
    try:
        after = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    added = {key: list(value) if isinstance(value, tuple) else value for key, value in missing.items()}
    tools = before.get("tool", {})
    return after == {**before, "tool": {**tools, TABLE: {**_table(before), **added}}}


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise UserError(
            f"pyproject.toml is not valid TOML: {problem}.", "Mend it, then run the command again."
        ) from None


def _table(document: Mapping[str, Any]) -> Mapping[str, Any]:
    tools = document.get("tool")
    table = tools.get(TABLE, {}) if isinstance(tools, Mapping) else {}
    return table if isinstance(table, Mapping) else {}


def _value(value: str | tuple[str, ...]) -> str:
    """A TOML value: a basic string is written as JSON writes one."""
    import json

    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"[{', '.join(_value(item) for item in value)}]"
