"""Regular expressions that other people write: they are given so much time a text and so much a call, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

import regex

SECONDS = 0.25  # for one text; an expression that backtracks for ever must not stop the cloud
CALL_SECONDS = 5.0  # for all texts of one call
MAX_LENGTH = 4096


class RegexError(ValueError):
    """An expression that cannot be read, and why."""


class OutOfTimeError(Exception):
    """The expressions of one call took all the time that they are given, or the call was ended."""


@dataclass(slots=True)
class _Budget:
    left: float
    clock: Callable[[], float]
    ended: Callable[[], bool]


_BUDGET: ContextVar[_Budget | None] = ContextVar("budget", default=None)


@contextmanager
def budget(seconds: float, clock: Callable[[], float], ended: Callable[[], bool]) -> Iterator[None]:
    """Within, all expressions together have so many seconds of the clock, and none once `ended` is true: then `found`
    raises OutOfTimeError."""
    token = _BUDGET.set(_Budget(seconds, clock, ended))
    try:
        yield
    finally:
        _BUDGET.reset(token)


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
    """The first match; none when looking for it takes too long. Raises OutOfTimeError where a budget is used up."""
    call = _BUDGET.get()
    if call is None:
        return _found(expression, text, SECONDS)
    if call.left <= 0 or call.ended():
        raise OutOfTimeError
    begun = call.clock()
    try:
        return _found(expression, text, min(SECONDS, call.left))
    finally:
        call.left -= call.clock() - begun


def _found(expression: regex.Pattern[str], text: str, seconds: float) -> regex.Match[str] | None:
    try:
        return expression.search(text, timeout=seconds, concurrent=True)
    except TimeoutError:
        return None
