"""Space-delimited patterns: `[ip, user, timestamp, request = *.html*, status_code = 4*, bytes > 1000]`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shopfast_obs.analysis.logs.patterns.interface import PatternError, Text, compares, expression_of, number
from shopfast_obs.model.records import record

FIELD = re.compile(r'\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)')
NAME = re.compile(r"\s*(\w[\w-]*|\.\.\.)?\s*\Z")
CONDITION = re.compile(
    r"\s*(?:(?P<name>\w[\w-]*)\s*)?(?P<comparison><=|>=|!=|=|<|>)\s*"
    r'(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|%(?P<regex>(?:[^%\\]|\\.)*)%|(?P<word>[^\s"%&|=<>!]+))\s*'
)
SPLIT = re.compile(r',(?=(?:[^"%]|"(?:[^"\\]|\\.)*"|%(?:[^%\\]|\\.)*%)*\Z)')
REST = "..."


@record
class FieldTest:
    """One comparison of a field."""

    comparison: str
    text: Text
    number: float | None

    def holds(self, content: str) -> bool:
        """Whether the field's content compares so."""
        if self.number is not None and self.comparison not in ("=", "!="):
            found = number(content)
            return found is not None and compares(self.comparison, self.number, found)
        same = self.text.holds(content)
        if self.number is not None and not same and (found := number(content)) is not None:
            same = found == self.number
        return same == (self.comparison == "=")


@record
class Field:
    """One field of the pattern: one of the groups of tests must hold, all in it."""

    name: str
    tests: tuple[tuple[FieldTest, ...], ...] = ()

    def holds(self, content: str) -> bool:
        """Whether the content is accepted."""
        return not self.tests or any(all(test.holds(content) for test in group) for group in self.tests)


@record
class Delimited:
    """A pattern of fields; `...` stands for any number of them."""

    fields: tuple[Field, ...]

    def match(self, message: str) -> Mapping[str, str] | None:
        """The contents of the fields by `$name`."""
        contents = [next(part for part in found.groups() if part is not None) for found in FIELD.finditer(message)]
        aligned = self._aligned(contents)
        if aligned is None or not all(field.holds(content) for field, content in aligned):
            return None
        return {f"${field.name or n}": content for n, (field, content) in enumerate(aligned, 1)}

    def value(self, message: str, selector: str) -> str | None:
        """The content of a field."""
        return (self.match(message) or {}).get(selector)

    def _aligned(self, contents: list[str]) -> list[tuple[Field, str]] | None:
        names = [field.name for field in self.fields]
        if REST not in names:
            return list(zip(self.fields, contents, strict=True)) if len(contents) == len(names) else None
        before = names.index(REST)
        after = len(names) - before - 1
        if len(contents) < before + after:
            return None
        kept = contents[:before] + (contents[len(contents) - after :] if after else [])
        fields = self.fields[:before] + self.fields[before + 1 :]
        return list(zip(fields, kept, strict=True))


def read_delimited(text: str) -> Delimited:
    """The fields of a pattern; raises PatternError."""
    if not text.endswith("]"):
        raise PatternError("Invalid space-delimited filter pattern: a closing ']' is missing")
    fields = tuple(_field(part) for part in SPLIT.split(text[1:-1]))
    if sum(field.name == REST for field in fields) > 1:
        raise PatternError("'...' can stand in a filter pattern once only")
    return Delimited(fields)


def _field(text: str) -> Field:
    bare = NAME.match(text)
    if bare:
        return Field(bare[1] or "")
    groups: list[list[FieldTest]] = [[]]
    name, place = "", 0
    while True:
        match = CONDITION.match(text, place)
        if match is None or (name and match["name"] not in (None, name)):
            raise PatternError(f"Invalid character(s) in term '{text[place:].strip()[:20]}'")
        name = name or match["name"] or ""
        groups[-1].append(_test(match))
        place = match.end()
        if place == len(text):
            return Field(name, tuple(tuple(group) for group in groups))
        if text[place : place + 2] not in ("&&", "||"):
            raise PatternError(f"Invalid character(s) in term '{text[place:].strip()[:20]}'")
        if text[place] == "|":
            groups.append([])
        place += 2


def _test(match: re.Match[str]) -> FieldTest:
    comparison = match["comparison"]
    if match["regex"] is not None:
        if comparison not in ("=", "!="):
            raise PatternError(f"A regular expression cannot be compared with '{comparison}'")
        return FieldTest(comparison, Text(match["regex"], expression_of(match["regex"])), None)
    content = match["word"] if match["word"] is not None else re.sub(r"\\(.)", r"\1", match["quoted"])
    value = number(content)
    if value is None and comparison not in ("=", "!="):
        raise PatternError(f"'{content}' is not a number: it cannot be compared with '{comparison}'")
    return FieldTest(comparison, Text(content), value)
