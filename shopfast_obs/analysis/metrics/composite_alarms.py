"""The rules of composite alarms: `ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(c))`."""

from __future__ import annotations

import re
from collections.abc import Mapping

TOKEN = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"(?P<quoted>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^()\"']+?))\s*\)"
    r"|(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<bracket>[()]))\s*"
)
MAX_LENGTH = 10_240
MAX_DEPTH = 100


class RuleError(ValueError):
    """A rule that cannot be read, and why."""


def references(rule: str) -> set[str]:
    """The alarms (names or ARNs) that a rule looks at; raises RuleError."""
    holds(rule, {})
    return {name for kind, name, _ in _tokens(rule) if kind == "state"}


def holds(rule: str, states: Mapping[str, str]) -> bool:
    """Whether the rule is true; an alarm that does not exist is in no state. Raises RuleError."""
    reader = _Reader(_tokens(rule), states)
    value = reader.either(0)
    if reader.tokens:
        raise RuleError("the rule goes on after its end")
    return value


def _tokens(rule: str) -> list[tuple[str, str, str]]:
    """(kind, name or word, state)."""
    if not rule.strip() or len(rule) > MAX_LENGTH:
        raise RuleError(f"a rule has 1 to {MAX_LENGTH} characters")
    found, place = [], 0
    while place < len(rule):
        match = TOKEN.match(rule, place)
        if match is None:
            raise RuleError(f"the rule cannot be read at {rule[place : place + 20]!r}")
        place = match.end()
        name = next((match[key] for key in ("quoted", "single", "bare") if match[key] is not None), "")
        kind = str(match.lastgroup if not match["state"] else "state")
        found.append((kind, name or match["word"] or match["bracket"] or "", match["state"] or ""))
    return found


class _Reader:
    """Reads tokens from the left; OR binds weaker than AND."""

    def __init__(self, tokens: list[tuple[str, str, str]], states: Mapping[str, str]) -> None:
        self.tokens = list(reversed(tokens))
        self._states = states

    def either(self, depth: int) -> bool:
        value = self._both(depth)
        while self._takes("OR"):
            value = self._both(depth) or value
        return value

    def _both(self, depth: int) -> bool:
        value = self._term(depth)
        while self._takes("AND"):
            value = self._term(depth) and value
        return value

    def _takes(self, word: str) -> bool:
        if self.tokens and self.tokens[-1][1] == word and self.tokens[-1][0] != "state":
            self.tokens.pop()
            return True
        return False

    def _term(self, depth: int) -> bool:
        if depth > MAX_DEPTH:
            raise RuleError("the rule is nested too deeply")
        if not self.tokens:
            raise RuleError("the rule ends too early")
        kind, word, state = self.tokens.pop()
        if kind == "state":
            return self._states.get(word) == state
        if word == "NOT":
            return not self._term(depth + 1)
        if word in ("TRUE", "FALSE"):
            return word == "TRUE"
        if word == "(":
            value = self.either(depth + 1)
            if not self._takes(")"):
                raise RuleError("a bracket is not closed")
            return value
        raise RuleError(f"{word!r} cannot stand there")
