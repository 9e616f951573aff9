"""How much a document may be: counted before anything walks it. It loads no reader of YAML, for JSON needs none."""

from __future__ import annotations

from typing import Any


def beyond(value: Any, most: int, deepest: int) -> str:  # noqa: ANN401
    """Which bound a value breaks, `values` or `levels`; empty when none. Counted level by level, because aliases of
    aliases make much of a short text, or a circle."""
    level: list[Any] = [value]
    seen = depth = 0
    while level and seen <= most:
        seen, depth = seen + len(level), depth + 1
        if depth > deepest:
            return "levels"
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            if len(below) > most:
                break
        level = below
    return "values" if seen > most else ""
