"""What there is, for whoever asked for something that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

NAMED = 6
ALIKE = 0.7


def near(wanted: str, names: Iterable[str]) -> str:
    """`Near are: a, b.`, the names that look like the wanted one; else what there is; else that there is nothing."""
    known = sorted(set(names))
    if not known:
        return "There are none at all."
    close = [name for name in known if _likeness(wanted.lower(), name.lower()) >= ALIKE][:NAMED]
    if close:
        return f"Near are: {', '.join(close)}."
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return f"There are: {', '.join(known[:NAMED])}{more}."


def _likeness(wanted: str, name: str) -> float:
    """How much the name, or one of its words, looks like what was wanted, from 0 to 1."""
    parts = (name, name.rpartition("/")[2], *re.split(r"[^a-z0-9]+", name))
    return max(SequenceMatcher(None, wanted, part).ratio() for part in parts)
