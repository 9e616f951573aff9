"""Texts without which a condition is true of no message: a store looks for them before a message becomes a record."""

from __future__ import annotations

import re
from collections.abc import Sequence

Needed = tuple[tuple[str, ...], ...]  # one text of each tuple must be in the message; nothing is known when empty
_PLAIN = re.compile(r"[^\\.^$*+?{}\[\]()]+")
MOST = 40  # texts of one condition: to look for more takes longer than the condition itself


def either(parts: Sequence[Needed]) -> Needed:
    """What is needed where one of several conditions must hold: of each its most telling texts, nothing where one of
    them needs nothing."""
    if not all(parts):
        return ()
    together = tuple(dict.fromkeys(text for part in parts for text in max(part, key=_telling)))
    return (together,) if len(together) <= MOST else ()


def literals(expression: str) -> Needed:
    """What a regular expression needs that is words with `|` between them; nothing for any other."""
    words = tuple(expression.split("|"))
    plain = _PLAIN.fullmatch(expression) is not None and all(words)
    return (words,) if plain and len(words) <= MOST else ()


def _telling(texts: tuple[str, ...]) -> int:
    """How much texts tell: a long text is in fewer messages than a short one."""
    return min(map(len, texts))
