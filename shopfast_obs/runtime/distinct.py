"""The records of a batch, and what tells one of them from all others: itself, and values that only it has.

A value says which record a copy, a parsed body or a line is *not* about. It makes no line a record's by itself.
"""

from __future__ import annotations

import base64
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

LONGEST = 100  # parts of a value that are looked at
LONGEST_TEXT = 20_000  # characters of a line or a call that are looked at
LARGEST = 2_000_000  # characters of bodies that are read for a batch
MOST_NODES = 200  # of a record
DEEPEST = 8
MOST_ATTRIBUTES = 16  # of an object that may hold a record
ENCODED = ("data", "value")  # base64: Kinesis, Firehose, MQ, Kafka
CONTAINERS = (list, tuple, set, frozenset, deque)
TELLING = re.compile(r"\d|.{16}", re.DOTALL)  # inside of a record; other words are anybody's: `"status": "failed"`
WORDS = re.compile(r"[^\s,;=()\[\]{}'\"<>\\]+")

Mark = str | tuple[str, float]  # a text; a number with its name


class Distinct:
    """The ids of a batch's records, by identity and by the values that only one has."""

    def __init__(self, ids: Mapping[int, str], records: list[Any]) -> None:
        self.ids = ids
        self._records = records
        self._known: dict[Mark, str] | None = None

    @property
    def _marks(self) -> dict[Mark, str]:
        """Made when somebody asks: many a batch is worked on without a line."""
        if self._known is None:
            self._known = _marks(self._records, self.ids)
        return self._known

    def wrapped(self, value: Any) -> list[str]:  # noqa: ANN401 - the application's
        """The ids of the records that a value is, or has as attributes."""
        if id(value) in self.ids:
            return [self.ids[id(value)]]
        return [self.ids[id(item)] for _, item in _attributes(value) if id(item) in self.ids]

    def told(self, value: Any, name: str = "", depth: int = 2) -> set[str]:  # noqa: ANN401
        """The ids of the records that a value of that name is, or has something of its own of."""
        kind = type(value)
        if id(value) in self.ids:
            return {self.ids[id(value)]}
        if kind is str:
            found = self._marks.get(value, "")
        elif kind is int or kind is float:
            found = self._marks.get((name, value), "")
        else:
            inside = _inside(value) if depth else ()
            return set().union(*(self.told(item, key, depth - 1) for key, item in inside))
        return {found} if found else set()

    def said(self, value: Any, name: str = "") -> set[str]:  # noqa: ANN401
        """The ids of the records that a line or a call names, also within its texts."""
        if isinstance(value, bytes | bytearray):
            value = bytes(value[:LONGEST_TEXT]).decode(errors="ignore")
        if type(value) is str:
            words = (word.rstrip(".:!?") for word in WORDS.findall(value[:LONGEST_TEXT]))
            return {self._marks[text] for text in (value, *words) if self._marks.get(text)}
        if type(value) in (dict, *CONTAINERS):
            return set().union(*(self.said(item, key) for key, item in _inside(value)))
        return self.told(value, name)


def _inside(value: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
    """What a value has inside, with names; the event's own list would note that it was walked."""
    if type(value) is dict:
        return [(str(key), item) for key, item in list(value.items())[:LONGEST]]
    if type(value) in CONTAINERS:
        return [("", item) for item in list(value)[:LONGEST]]
    if isinstance(value, list | tuple):
        walked = list.__iter__(value) if isinstance(value, list) else tuple.__iter__(value)
        return [("", item) for item in list(walked)[:LONGEST]]
    return [(name, item) for name, item in _attributes(value) if type(item) not in CONTAINERS]


def _attributes(value: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
    """An object's own attributes, but for those that are worked out; of an exception what it was made with."""
    if isinstance(value, BaseException):
        return [("", item) for item in value.args]
    if isinstance(value, type):
        return []
    attributes = getattr(value, "__dict__", None)
    if attributes is None:
        names = getattr(type(value), "__slots__", ())
        return [(name, getattr(value, name, None)) for name in names] if type(names) is tuple else []
    return list(attributes.items()) if type(attributes) is dict and len(attributes) <= MOST_ATTRIBUTES else []


def _marks(records: list[Any], ids: Mapping[int, str]) -> dict[Mark, str]:
    """The values that records of one id alone have; empty ids are those of several."""
    found: dict[Mark, str] = {}
    read = 0
    for record in records:
        value, deepest = ids[id(record)], DEEPEST if read < LARGEST else 2
        for mark in _values(record, deepest):
            read += len(mark) if isinstance(mark, str) else 1
            if found.setdefault(mark, value) != value:
                found[mark] = ""
    return found


def _values(record: object, deepest: int) -> Iterator[Mark]:
    """The values in a record, the nearest first, also those in its JSON texts."""
    level: list[tuple[str, Any]] = [("", record)]
    seen = 0
    for depth in range(deepest):
        following: list[tuple[str, Any]] = []
        for name, item in level:
            seen += 1
            if seen > MOST_NODES:
                return
            kind = type(item)
            if kind is str:
                if depth < 2 or TELLING.search(item):
                    yield item
                following += _read(name, item)
            elif kind is dict:
                following += item.items()
            elif kind is list:
                following += [(name, each) for each in item]
            elif kind is int or kind is float:
                yield name, item
        level = following


def _read(name: str, text: str) -> list[tuple[str, Any]]:
    """What a text says that is JSON, or in base64."""
    with suppress(ValueError, RecursionError):
        if name in ENCODED:
            return [("", base64.b64decode(text, validate=True).decode())]
        if text[:1] in ("{", "["):
            return [(name, json.loads(text))]
    return []
