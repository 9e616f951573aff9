"""The records of a batch, and what tells one of them from all others: itself, and values that only it has.

A value says which record a copy, a parsed body or a line is *not* about. It makes no line a record's by itself.
"""

from __future__ import annotations

import base64
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

LONGEST = 100  # parts of a value that are looked at
LONGEST_TEXT = 20_000  # characters of a line or a call that are looked at
LARGEST = 2_000_000  # characters of a batch that are read
DEEPEST = 4  # JSON in JSON
MOST_ATTRIBUTES = 16  # of an object that may hold a record
ENCODED = ("data", "value")  # base64: Kinesis, Firehose, MQ, Kafka
PLAIN = (int, float, bool, bytes, type(None), type)
CONTAINERS = (list, tuple, set, frozenset, deque)
TELLING = re.compile(r"\d|.{16}", re.DOTALL)  # other words inside of a record are anybody's: `"status": "failed"`
WORDS = re.compile(r"[^\s,;=()\[\]{}'\"<>\\]+")
PARTS = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"(?:\s*:\s*(-?\d[\d.eE+-]*))?')  # texts of JSON, and numbers with names

Mark = tuple[str, str]  # a text and "", or a number's name and the number


class Distinct:
    """The ids of a batch's records, by identity and by the values that only one has."""

    def __init__(self, ids: Mapping[int, str], records: list[Any]) -> None:
        self.ids = ids
        self._records = records

    @cached_property
    def _fields(self) -> Mapping[Mark, str]:
        """A record's own texts, whatever they are."""
        return _apart((self.ids[id(record)], {(text, "") for text in _texts(record)}) for record in self._records)

    @cached_property
    def _marks(self) -> Mapping[Mark, str]:
        """What is inside of a record. Read when somebody asks: many a batch is worked on without."""
        return _apart(_read(self._records, self.ids))

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
            found = self._of(value)
        elif name and (kind is int or kind is float):
            found = self._marks.get((name, str(value)), "")
        elif depth and kind not in PLAIN:
            return set().union(*(self.told(item, key, depth - 1) for key, item in _inside(value)))
        else:
            found = ""
        return {found} if found else set()

    def said(self, value: Any, name: str = "") -> set[str]:  # noqa: ANN401
        """The ids of the records that a line or a call names, also within its texts."""
        if isinstance(value, bytes | bytearray):
            value = bytes(value[:LONGEST_TEXT]).decode(errors="ignore")
        if type(value) is str:
            words = (word.rstrip(".:!?") for word in WORDS.findall(value[:LONGEST_TEXT]))
            return {self._of(text) for text in (value, *words)} - {""}
        if type(value) in (dict, *CONTAINERS):
            return set().union(*(self.said(item, key) for key, item in _inside(value)))
        return self.told(value, name)

    def _of(self, text: str) -> str:
        mark = (text, "")
        return self._fields.get(mark) or (self._marks.get(mark, "") if TELLING.search(text) else "")


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


def _apart(found: Iterable[tuple[str, set[Mark]]]) -> Mapping[Mark, str]:
    """The marks that records of one id alone have; empty ids are those of several."""
    own: dict[Mark, str] = {}
    shared: set[Mark] = set()
    for value, marks in found:
        shared.update(mark for mark in marks & own.keys() if own[mark] != value)
        own.update(dict.fromkeys(marks, value))
    return own | dict.fromkeys(shared, "")


def _read(records: list[Any], ids: Mapping[int, str]) -> Iterator[tuple[str, set[Mark]]]:
    left = LARGEST
    for record in records:
        if isinstance(record, dict) and left > 0:
            texts = _json(record)
            left -= sum(map(len, texts))
            yield ids[id(record)], set().union(*map(_parts, texts))


def _texts(record: object) -> list[str]:
    return [value for value in record.values() if type(value) is str] if isinstance(record, dict) else []


def _json(record: dict[str, Any]) -> list[str]:
    """What a record says: its JSON texts, its data, and the rest of it as JSON."""
    stream = record.get("kinesis")
    data = [part.get(name) for part in (record, stream) if type(part) is dict for name in ENCODED]
    rest = {name: value for name, value in record.items() if type(value) is not str}
    return [json.dumps(rest, default=str), *_texts(record), *(_decoded(text) for text in data if type(text) is str)]


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def _parts(text: str, depth: int = DEEPEST) -> set[Mark]:
    """The texts and numbers of a JSON text; of any other the text."""
    if text[:1] not in ("{", "["):
        return {(text, "")}
    parts: set[Mark] = set(PARTS.findall(text))
    for escaped in [part for part, _ in parts if "\\" in part] if depth else ():
        with suppress(ValueError):
            parts |= _parts(json.loads(f'"{escaped}"'), depth - 1)
    return parts
