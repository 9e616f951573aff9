"""Whether EventBridge's patterns can match a value: exact, prefix, suffix, anything-but, wildcard and their like."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from typing import Any


def accepts(conditions: Any, value: str) -> bool | None:  # noqa: ANN401 - a pattern has any JSON type
    """Whether a list of conditions accepts the text; None when it cannot be told. No conditions accept everything."""
    if conditions is None:
        return True
    if not isinstance(conditions, list):
        return None
    answers = [_one(condition, value) for condition in conditions]
    return True if True in answers else None if None in answers else False


def _one(condition: Any, value: str) -> bool | None:  # noqa: ANN401
    if not isinstance(condition, Mapping):
        return bool(condition == value)
    if len(condition) != 1:
        return None
    ((kind, wanted),) = condition.items()
    if kind == "exists":
        return bool(wanted)
    if kind == "anything-but":
        return _anything_but(wanted, value)
    if not isinstance(wanted, str):
        return None
    tests = {
        "prefix": value.startswith(wanted),
        "suffix": value.endswith(wanted),
        "equals-ignore-case": value.lower() == wanted.lower(),
        "wildcard": fnmatch.fnmatchcase(value, wanted.replace("[", "[[]").replace("?", "[?]")),
    }
    return tests.get(kind)


def _anything_but(wanted: Any, value: str) -> bool | None:  # noqa: ANN401
    inner = accepts([wanted] if not isinstance(wanted, list) else wanted, value)
    return None if inner is None else not inner
