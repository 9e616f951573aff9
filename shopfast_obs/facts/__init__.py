"""What AWS and its libraries change now and then: limits, prices, runtimes, layers, days. Each fact stands in one JSON
file of this folder, with where and on which day somebody read it.

A file is `{"as_of", "source", "facts": {ID: {"what", "value", "unit", ...}}}`; a fact may have a `source` and an
`as_of` of its own. `runtimes.json` is a table beside that: each runtime is a fact, too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

STALE = 180  # days after which somebody should read a fact again
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is so until AWS changes it. `as_of` is the day on which somebody read it (2026-11-30)."""

    id: str
    what: str
    value: Any
    unit: str
    source: str
    as_of: str

    def age(self, today: date) -> int:
        """Days since somebody read it."""
        return (today - date.fromisoformat(self.as_of)).days

    def is_stale(self, today: date) -> bool:
        """True when somebody should read it again."""
        return self.age(today) > STALE

    @property
    def said(self) -> str:
        """The value with its unit: `1,800 s`."""
        if isinstance(self.value, float):
            shown = f"{self.value:.10f}".rstrip("0").rstrip(".")
        elif isinstance(self.value, int):
            shown = f"{self.value:,}"
        else:
            shown = self.value if isinstance(self.value, str) else json.dumps(self.value)
        return f"{shown} {self.unit}".strip()


@cache
def facts(name: str) -> dict[str, Any]:
    """A file of this folder by its name without `.json`: `source`, `as_of` (the day), and its facts or its table."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


@cache
def every() -> Mapping[str, Fact]:
    """All facts by their id, those of one file together; raises ValueError when two files have the same id."""
    found: dict[str, Fact] = {}
    for file in sorted(path.stem for path in FOLDER.glob("*.json")):
        for one in (*_facts(file), *_runtimes(file)):
            if one.id in found:
                raise ValueError(f"two facts have the id {one.id!r}")
            found[one.id] = one
    return MappingProxyType(found)


def fact(name: str) -> Fact:
    """The fact of that id; raises KeyError for one that nobody wrote down."""
    return every()[name]


def number(name: str) -> int | float:
    """The value of a fact that is a number; raises KeyError or TypeError for anything else."""
    value = fact(name).value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is {value!r}, not a number")
    return value


def whole(name: str) -> int:
    """The value of a fact that is a whole number; raises KeyError or TypeError for anything else."""
    value = number(name)
    if not isinstance(value, int):
        raise TypeError(f"{name} is {value!r}, not a whole number")
    return value


def _facts(file: str) -> list[Fact]:
    table = facts(file)
    return [
        Fact(
            name,
            said["what"],
            said["value"],
            said.get("unit", ""),
            said.get("source", table["source"]),
            said.get("as_of", table["as_of"]),
        )
        for name, said in table.get("facts", {}).items()
    ]


def _runtimes(file: str) -> list[Fact]:
    table = facts(file)
    days = ("patched_until", "no_creation_from", "no_update_from")
    return [
        Fact(
            name,
            "the days on which Lambda ends its patches, then blocks creating and updating functions on the runtime",
            ", ".join(f"{day.replace('_', ' ')} {row[day] or '(no day named)'}" for day in days),
            "",
            table["source"],
            table["as_of"],
        )
        for name, row in table.get("runtimes", {}).items()
    ]
