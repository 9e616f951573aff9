"""The line of each key near the root of a JSON document: parsers are fast because they forget it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str, ...]

LINED = 5  # levels of keys whose line is kept: Resources, Name, Properties, TracingConfig, Mode
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|[{}\[\]]')


def lines(text: str) -> Mapping[Path, int]:
    """The line of each key in the objects near the root, by the path of keys. The text is valid JSON."""
    starts = [match.end() for match in re.finditer("\n", text)]
    found: dict[Path, int] = {}
    path: list[str] = []
    depth = lists = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if token[2] is not None:
            if not lists and depth <= LINED:
                path[depth - 1 :] = [token[1]]
                found[tuple(path)] = bisect_right(starts, token.start()) + 1
        elif mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        elif mark == "[":
            lists += 1
        elif mark == "]":
            lists -= 1
    return found
