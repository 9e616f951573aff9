"""Regular expressions that are compiled when they are first asked: a command uses few of those in its modules."""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")
_FACTS = ("pattern", "flags", "groups", "groupindex")


class _Late:
    """Becomes what it is asked for; from then on an attribute costs what one of a compiled pattern does."""

    __slots__ = ("_said", *_METHODS, *_FACTS)

    def __init__(self, pattern: str, flags: int) -> None:
        self._said = pattern, flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - only for what is not there yet
        if name not in _METHODS and name not in _FACTS:
            raise AttributeError(name)
        compiled = re.compile(*self._said)
        for known in (*_METHODS, *_FACTS):
            setattr(self, known, getattr(compiled, known))
        return getattr(compiled, name)


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern, compiled when it is first used; one that is no regular expression raises re.error then."""
    return cast("re.Pattern[str]", _Late(pattern, flags))
