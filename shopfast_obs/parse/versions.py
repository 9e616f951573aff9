"""Which versions of a library a specifier lets in (`==1.34.0`, `>=1.26,<1.40`, Poetry's `^1.26`), by its bounds."""

from __future__ import annotations

import re
from typing import Literal

Side = Literal["before", "since", "either"]
Version = tuple[int, ...]
_CLAUSE = re.compile(r"(===|==|~=|!=|<=|>=|<|>|\^|~)?\s*v?(\d+(?:\.\d+)*)(\.\*)?[\w.+-]*")
_WITHOUT_END: Version = (1 << 30,)


def side(specifier: str, version: str) -> Side:
    """Whether all versions of a specifier are older than a version, none is, or it lets in both."""
    lowest, highest = bounds(specifier)
    wanted = numbers(version)
    if lowest >= wanted:
        return "since"
    return "before" if highest <= wanted else "either"


def bounds(specifier: str) -> tuple[Version, Version]:
    """The lowest version that a specifier lets in, and the first above all that it does."""
    lowest, highest = numbers("0"), _WITHOUT_END
    for operator, text, wild in _CLAUSE.findall(specifier):
        version = numbers(text)
        if operator in ("==", "===", ""):
            low, high = version, _after(text, text.count(".")) if wild else _next(version)
        elif operator in ("~=", "^", "~"):
            low, high = version, _after(text, _kept(operator, text))
        else:
            low = version if operator == ">=" else _next(version) if operator == ">" else lowest
            high = version if operator == "<" else _next(version) if operator == "<=" else highest
        lowest, highest = max(lowest, low), min(highest, high)
    return lowest, highest


def numbers(version: str) -> Version:
    """`1.44.0` as numbers that can be compared, four at least."""
    found = tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:4])
    return found + (0,) * (4 - len(found))


def _kept(operator: str, text: str) -> int:
    """The index of the number that the next version outside differs in: `~=1.4.2` lets in 1.4.9, `^1.4` 1.9."""
    if operator == "^":
        return 0
    return max(0, text.count(".") - 1) if operator == "~=" else min(1, text.count("."))


def _after(text: str, index: int) -> Version:
    """The first version whose number at an index is higher."""
    parts = numbers(text)[: index + 1]
    return (*parts[:-1], parts[-1] + 1, *(0,) * (4 - len(parts)))


def _next(version: Version) -> Version:
    return (*version[:-1], version[-1] + 1)
