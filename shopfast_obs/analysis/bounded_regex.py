"""Regular expressions that other people write: they are given so much time a text, and no more."""

from __future__ import annotations

from functools import lru_cache

import regex

SECONDS = 0.25  # for one text; an expression that backtracks for ever must not stop the cloud
MAX_LENGTH = 4096


class RegexError(ValueError):
    """An expression that cannot be read, and why."""


@lru_cache(maxsize=1024)
def compiled(pattern: str, ignore_case: bool = False) -> regex.Pattern[str]:
    """The expression; raises RegexError. `(?<name>...)` names a group, as in Java and PCRE."""
    if len(pattern) > MAX_LENGTH:
        raise RegexError(f"a regular expression has at most {MAX_LENGTH} characters")
    try:
        return regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
    except (regex.error, OverflowError, RecursionError, MemoryError) as problem:
        raise RegexError(f"the regular expression /{pattern}/ cannot be read: {problem}") from None


def found(expression: regex.Pattern[str], text: str) -> regex.Match[str] | None:
    """The first match; none when looking for it takes too long."""
    try:
        return expression.search(text, timeout=SECONDS, concurrent=True)
    except TimeoutError:
        return None
