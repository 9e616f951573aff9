"""The front matter of a file of `runbooks/`: a mapping with a strict schema, and the line of each of its keys."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from string import Formatter
from typing import Any

from shopfast_obs import confine
from shopfast_obs.errors import UserError
from shopfast_obs.model.records import record
from shopfast_obs.workshop.interface import TEXTS, Types

FIRST = 1  # the line of the opening `---`


@record
class FrontMatter:
    """What stands between the two lines of `---`, the line of each key in it, and the text behind."""

    path: Path
    values: Mapping[str, Any]
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1

    def bad(self, what: str, *key: str) -> UserError:
        """The error of a file that cannot be used: file, line, what is wrong. The line is that of the key, or of the
        nearest one above it that is there."""
        while key and key not in self.lines:
            key = key[:-1]
        return bad(self.path, self.lines.get(key, 0), what)

    def fits(self, what: str, found: Mapping[str, Any], schema: Mapping[str, Types], *key: str) -> None:
        """Raise UserError unless there are exactly these keys, each of its type; lists of texts hold texts alone."""
        missing, unknown = sorted(set(schema) - set(found)), sorted(map(str, set(found) - set(schema)))
        if unknown:
            raise self.bad(f"{what} has unknown {', '.join(unknown)}", *key, unknown[0])
        if missing:
            raise self.bad(f"{what} lacks {', '.join(missing)}", *key)
        for name, types in schema.items():
            value = found[name]
            right = isinstance(value, types) and (bool in types or not isinstance(value, bool))
            if right and types is TEXTS:
                right = all(isinstance(entry, str) for entry in value)
            if not right:
                raise self.bad(f"`{name}` of {what} cannot be {reprlib.repr(value)}", *key, name)

    def placeholders(self, what: str, text: str, *key: str) -> set[str]:
        """The names in braces of a text; raises UserError for one that cannot be filled in."""
        try:
            return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError as problem:
            raise self.bad(f"{what} cannot be filled in: {problem}", *key) from None


def read(path: Path) -> FrontMatter:
    """The front matter of a file; raises UserError where there is none that can be used."""
    from shopfast_obs.parse.templates import yaml_tags

    try:
        text = confine.content(path).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise bad(path, 0, "it is not UTF-8 text") from None
    opening, *rest = re.split(r"^---\n", text, maxsplit=2, flags=re.MULTILINE)
    if opening or len(rest) != 2:
        raise bad(path, FIRST, "it has no front matter between two lines of ---")
    try:
        yaml_tags.small(rest[0])
        matter, lines = yaml_tags.read(rest[0])
    except yaml_tags.YamlError as problem:
        raise bad(path, problem.line + FIRST, f"its front matter is not valid YAML: {problem}") from None
    if not isinstance(matter, dict):
        raise bad(path, FIRST, "its front matter is not a mapping")
    body_line = rest[0].count("\n") + 2 * FIRST + 1
    return FrontMatter(path, matter, {key: line + FIRST for key, line in lines.items()}, rest[1], body_line)


def bad(path: Path, line: int, what: str) -> UserError:
    """A file that cannot be used, with the line where there is one to name."""
    where = f"{path}, line {line}," if line else str(path)
    return UserError(f"{where} cannot be used: {what}.", "Mend the file and try again.")
