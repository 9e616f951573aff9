"""A JSON document within a number of characters: whole items first, and what was left out is counted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from shopfast_obs.errors import UserError

SMALLEST = 60  # characters below which a value is not worth a cut
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A value that is not whole: where it is (a JSON pointer), up to which item or character it is shown, of how
    many."""

    at: str
    shown: int
    of: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document that fits, and what of it was left out."""

    value: Any
    left_out: tuple[LeftOut, ...] = ()


def part(document: Any, at: str, offset: int, room: int) -> Part:  # noqa: ANN401 - any JSON value
    """What the pointer names, from that item or character on, in about so many characters; raises UserError where the
    document has no such part."""
    value = _named(document, at)
    if offset and not isinstance(value, str | Sequence | Mapping):
        raise UserError(f"{at or 'The document'} has no items.", "Leave out `offset`.")
    return _bounded(_from(value, offset), room, at, offset)


def plain(value: Any) -> Any:  # noqa: ANN401
    """The document with every character that cannot be seen written as an escape: text that hides in a log line must
    not reach a reader that sees it."""
    if isinstance(value, str):
        return _HIDDEN.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", value)
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def _named(document: Any, at: str) -> Any:  # noqa: ANN401
    value = document
    for step in at.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isascii() and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise UserError(f"The document has no part {at[:200]!r}.", f"There is: {_parts(value)}.")
    if at and not at.startswith("/"):
        raise UserError(f"{at[:200]!r} is no JSON pointer.", "It begins with a slash, as in /findings/3")
    return value


def _parts(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict):
        return ", ".join(f"/{key}" for key in list(value)[:20]) or "nothing below it"
    return f"/0 to /{len(value) - 1}" if isinstance(value, list) and value else "nothing below it"


def _from(value: Any, offset: int) -> Any:  # noqa: ANN401
    if not offset:
        return value
    return dict(list(value.items())[offset:]) if isinstance(value, dict) else value[offset:]


def _size(value: Any) -> int:  # noqa: ANN401
    return len(orjson.dumps(value).decode())


def _bounded(value: Any, room: int, at: str, first: int = 0) -> Part:  # noqa: ANN401
    """The value in so much room; `first` is the number of its first item or character in the document."""
    if _size(value) <= room:
        return Part(value)
    if isinstance(value, str):
        kept = max(0, room - SMALLEST)
        return Part(value[:kept], (LeftOut(at, first + kept, first + len(value)),))
    if isinstance(value, list):
        return _items(value, room, at, first)
    if isinstance(value, dict):
        names = sum(len(key) + 6 for key in value)
        return _fields(value, room - names, at) if names < room / 2 else _first_fields(value, room, at, first)
    return Part(value)


def _items(value: list[Any], room: int, at: str, first: int) -> Part:
    """The first items, whole; where not even one fits, a part of it."""
    shown: list[Any] = []
    left: tuple[LeftOut, ...] = ()
    for number, item in enumerate(value, first):
        size = _size(item) + 1
        if size > room:
            if not shown and room > SMALLEST:
                only = _bounded(item, room, f"{at}/{number}")
                shown, left = [only.value], only.left_out
            break
        shown.append(item)
        room -= size
    more = (LeftOut(at, first + len(shown), first + len(value)),) if len(shown) < len(value) else ()
    return Part(shown, (*left, *more))


def _fields(value: dict[str, Any], room: int, at: str) -> Part:
    """All fields; the small ones whole, the large ones share what is left."""
    sizes = {key: _size(item) for key, item in value.items()}
    shares: dict[str, int] = {}
    for left, key in zip(range(len(sizes), 0, -1), sorted(sizes, key=lambda name: sizes[name]), strict=True):
        shares[key] = min(sizes[key], max(0, room // left))
        room -= shares[key]
    found = {key: _bounded(item, shares[key], f"{at}/{_step(key)}") for key, item in value.items()}
    return Part(
        {key: one.value for key, one in found.items()}, tuple(x for one in found.values() for x in one.left_out)
    )


def _first_fields(value: dict[str, Any], room: int, at: str, first: int) -> Part:
    """The first fields of something with very many."""
    shown: dict[str, Any] = {}
    for key, item in value.items():
        room -= _size({key: item})
        if room < 0:
            break
        shown[key] = item
    return Part(shown, (LeftOut(at, first + len(shown), first + len(value)),))


def _step(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
