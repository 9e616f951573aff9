"""Reads a query from the left: words, fields, numbers, texts, and regular expressions where one can stand."""

from __future__ import annotations

import math
import re

from shopfast_obs.analysis.logs.insights.interface import QueryError

BLANK = re.compile(r"(?:\s+|#[^\n]*)*")
NAME = re.compile(r"[@A-Za-z_$][\w@$]*(?:\.[\w@$-]+)*")
QUOTED_NAME = re.compile(r"`([^`]+)`")
NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])")
DURATION = re.compile(r"(\d+)\s*(ms|mo|milliseconds?|seconds?|minutes?|hours?|days?|weeks?|months?|q|s|m|h|d|w|y)\b")
TEXT = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
REGEX = re.compile(r"/((?:[^/\\\n]|\\.)+)/")
SIGNS = re.compile(r"<=|>=|!=|=~|==|[-+*/%^()\[\],|<>=]")
ESCAPES = re.compile(r"\\(.)", re.DOTALL)
UNITS = {
    "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000, "mo": 30 * 86_400_000,
    "q": 91 * 86_400_000, "y": 365 * 86_400_000,
}  # fmt: skip
MAX_LENGTH = 10_000


class Scanner:
    """A place in a query. Each method takes what it names and moves on, or returns None and stays."""

    def __init__(self, query: str) -> None:
        if len(query) > MAX_LENGTH:
            raise QueryError(f"a query has at most {MAX_LENGTH} characters", 0, len(query))
        self.query = query
        self.place = 0
        self.blank()

    def blank(self) -> None:
        """Skip white space and comments."""
        match = BLANK.match(self.query, self.place)
        self.place = match.end() if match else self.place

    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.place >= len(self.query)

    def sign(self, *wanted: str) -> str | None:
        """One of these operators or brackets."""
        match = SIGNS.match(self.query, self.place)
        if match is None or match[0] not in wanted:
            return None
        return self._taken(match, match[0])

    def word(self, *wanted: str) -> str | None:
        """One of these words, in lower case; any case is accepted."""
        match = NAME.match(self.query, self.place)
        if match is None or match[0].lower() not in wanted:
            return None
        return self._taken(match, match[0].lower())

    def name(self) -> str | None:
        """A field or a function."""
        match = NAME.match(self.query, self.place) or QUOTED_NAME.match(self.query, self.place)
        return None if match is None else self._taken(match, match[1] if match.re is QUOTED_NAME else match[0])

    def number(self) -> float | None:
        """A number."""
        match = NUMBER.match(self.query, self.place)
        if match and not math.isfinite(float(match[0])):
            raise self.unexpected()
        return None if match is None else self._taken_number(match)

    def duration(self) -> float | None:
        """A time such as `5m` in milliseconds."""
        match = DURATION.match(self.query, self.place)
        if match is None:
            return None
        unit = match[2] if match[2] in UNITS else "mo" if match[2].startswith("month") else match[2][0]
        factor = 1 if match[2].startswith("milli") else UNITS[unit]
        self._taken(match, "")
        return float(int(match[1][:12]) * factor)

    def text(self) -> str | None:
        """A text in quotes."""
        match = TEXT.match(self.query, self.place)
        if match is None:
            return None
        return self._taken(match, ESCAPES.sub(r"\1", match[1] if match[1] is not None else match[2]))

    def regex(self) -> str | None:
        """A regular expression between slashes, a slash in it as `\\/`."""
        match = REGEX.match(self.query, self.place)
        return None if match is None else self._taken(match, match[1].replace(r"\/", "/"))

    def expect(self, sign: str) -> None:
        """Take an operator or bracket that must stand here."""
        if self.sign(sign) is None:
            raise self.unexpected()

    def unexpected(self) -> QueryError:
        """The error for what stands here."""
        rest = self.query[self.place :]
        match = NAME.match(rest) or SIGNS.match(rest)
        found = match[0] if match else rest[:1]
        if not found:
            end = len(self.query)
            return QueryError("unexpected end of the query", max(0, end - 1), end)
        line = self.query.count("\n", 0, self.place) + 1
        position = self.place - (self.query.rfind("\n", 0, self.place) + 1)
        message = f"unexpected symbol found {found} at line {line} and position {position}"
        return QueryError(message, self.place, self.place + len(found))

    def _taken(self, match: re.Match[str], value: str) -> str:
        self.place = match.end()
        self.blank()
        return value

    def _taken_number(self, match: re.Match[str]) -> float:
        return float(self._taken(match, match[0]))
