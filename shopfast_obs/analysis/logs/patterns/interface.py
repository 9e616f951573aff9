"""What a filter pattern is to those who use one, and what its kinds have in common."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import regex

from shopfast_obs.analysis.text.bounded_regex import RegexError, compiled, found
from shopfast_obs.model.records import record

Json = Any  # what a JSON document may hold
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "!=": operator.ne, "=": operator.eq, "<": operator.lt, ">": operator.gt,
}  # fmt: skip


class PatternError(ValueError):
    """A pattern that CloudWatch Logs does not accept, in its words."""


class LogPattern(Protocol):
    """A pattern that was read."""

    def match(self, message: str) -> Mapping[str, str] | None:
        """What the pattern extracts from a message that matches (selector or field -> text); None when it does not."""
        ...

    def value(self, message: str, selector: str) -> str | None:
        """The text of a selector (`$.latency`) or a field (`$bytes`) in a message that matches, or None."""
        ...


class MatchAll:
    """The empty pattern."""

    def match(self, message: str) -> Mapping[str, str]:
        """Every message matches."""
        return {}

    def value(self, message: str, selector: str) -> str | None:
        """Nothing is extracted."""
        return None


EVERYTHING = MatchAll()


@record
class Text:
    """Compares texts: `*` at either end stands for anything, a regular expression is searched for."""

    content: str
    expression: regex.Pattern[str] | None = None

    def holds(self, text: str) -> bool:
        """Whether the text is like this one."""
        if self.expression is not None:
            return found(self.expression, text) is not None
        inner = self.content.strip("*")
        starts, ends = self.content.startswith("*"), self.content.endswith("*")
        if starts and ends:
            return inner in text
        if starts:
            return text.endswith(inner)
        return text.startswith(inner) if ends else text == self.content


def expression_of(source: str) -> regex.Pattern[str]:
    """The regular expression between two `%`; raises PatternError."""
    try:
        return compiled(source)
    except RegexError as problem:
        raise PatternError(f"Invalid regular expression in filter pattern: {problem}") from None


def compares(comparison: str, value: float, found_number: float) -> bool:
    """Whether a number that was found stands so to the value of the pattern."""
    return COMPARISONS[comparison](found_number, value)


def number(text: str) -> float | None:
    """The number that a text is, or None."""
    try:
        return float(text)
    except ValueError:
        return None
