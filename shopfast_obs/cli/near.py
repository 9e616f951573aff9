"""What there is, for whoever asked for something that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

NAMED = 6


def near(wanted: str, names: Iterable[str]) -> str:
    """`There are: a, b and 7 more.`, the names that look most like the wanted one first; or that there are none."""
    known = sorted(set(names))
    if not known:
        return "There are none at all."
    short = {name: name.lower().rpartition("/")[2] for name in known}
    alike = difflib.get_close_matches(wanted.lower().rpartition("/")[2], list(short.values()), NAMED, 0.5)
    first = [name for text in dict.fromkeys(alike) for name in known if short[name] == text]
    if first:
        return f"Near are: {', '.join(first[:NAMED])}."
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return f"There are: {', '.join(known[:NAMED])}{more}."
