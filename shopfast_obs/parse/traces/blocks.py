"""Large files of traces in blocks that can be read alone, whoever reads them and in whichever order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from shopfast_obs.model.records import record

BLOCK = 4_000_000  # bytes
# Lists of documents whose elements mean the same one by one.
LISTS = frozenset(
    (b"Traces", b"resourceSpans", b"resource_spans", b"batches", b"events", b"data", b"spans", b"results")
)
# All that stands before the next bracket: strings are passed over in one go, because most of a trace is one.
_BRACKET = re.compile(rb'[^][{}"]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^][{}"]*+)*+([][{}])', re.DOTALL)
_KEY = re.compile(rb'"(\w{1,40})"\s*:\s*\Z')
_SPACE = re.compile(rb"\s*+")
_KEY_REACH = 64  # bytes before a bracket in which its key stands


class View(Protocol):
    """The bytes of a file, as bytes or as a mapping of it into memory."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> bytes: ...
    def find(self, sub: bytes, start: int = ..., end: int = ..., /) -> int: ...  # noqa: D102


@record
class Block:
    """Bytes of a file that hold whole JSON values: one a line, documents, or elements of a list, which `before` and
    `after` make a document again."""

    name: str
    start: int
    end: int
    before: bytes = b""
    after: bytes = b""
    lines: bool = False


class Unfinished(ValueError):  # noqa: N818 - it says so
    """A document that ends in the middle, or is none from some byte on; the blocks before it are whole."""


def of_lines(name: str, view: View, size: int = BLOCK) -> Iterator[Block]:
    """The blocks of a file with one value a line."""
    start, length = 0, len(view)
    while start < length:
        newline = view.find(b"\n", min(start + size, length))
        end = length if newline == -1 else newline + 1
        yield Block(name, start, end, lines=True)
        start = end


def of_documents(name: str, view: View, size: int = BLOCK) -> Iterator[Block]:
    """The blocks of a file with one or many JSON documents; a large one is parted between the elements of its list.
    Raises Unfinished."""
    place, length = 0, len(view)
    together: Block | None = None
    while place < length:
        document = _Document(name, view, place, size)
        if document.start == length:
            break
        for block in document.parts():
            if together is not None:  # in their order
                yield together
                together = None
            yield block
        place = document.end
        if document.parted:
            continue
        if together is not None:
            together = Block(name, together.start, document.end)
        else:
            together = Block(name, document.start, document.end)
        if together.end - together.start >= size:
            yield together
            together = None
    if together is not None:
        yield together


class _Document:
    """One JSON value at a place, and its parts where it is large."""

    def __init__(self, name: str, view: View, place: int, size: int) -> None:
        self.name, self.view, self.size = name, view, size
        space = _SPACE.match(view, place)  # type: ignore[call-overload]
        self.start = self.end = space.end() if space else place
        self.parted = False

    def parts(self) -> Iterator[Block]:
        """The blocks of elements, where there is more than one; nothing for a small document."""
        opened = bytearray()
        listed = -1  # how deep the elements of the list are
        first = last = -1  # of the elements that are not yet in a block
        before, after = b"", b""
        place = self.start
        kept: list[Block] = []  # of lists that are smaller than a block
        while True:
            found = _BRACKET.match(self.view, place)  # type: ignore[call-overload]
            if found is None or (not opened and found.start(1) != self.start):
                raise Unfinished(place)
            place, sign = found.end(), found[1]
            if sign in b"{[":
                if len(opened) == listed and first == -1:
                    first = place - 1
                opened += sign
                key = self._list(opened, place - 1) if sign == b"[" and listed == -1 else None
                if key is not None:
                    listed = len(opened)
                    before, after = (b'{"' + key + b'":[', b"]}") if key else (b"[", b"]")
                continue
            if not opened:
                raise Unfinished(place)
            opened.pop()
            if len(opened) == listed and first != -1:
                last = place
                if last - first >= self.size:
                    yield from (*kept, Block(self.name, first, last, before, after))
                    self.parted, first, kept = True, -1, []
            elif len(opened) < listed:
                if first != -1:
                    kept.append(Block(self.name, first, last, before, after))
                listed = first = -1
                if self.parted:
                    yield from kept
                    kept = []
            if not opened:
                break
        self.end = place

    def _list(self, opened: bytearray, place: int) -> bytes | None:
        """The key of a list whose elements can be read alone, empty for the document itself; None for any other."""
        if len(opened) == 1:
            return b""
        if bytes(opened) != b"{[":
            return None
        key = _KEY.search(self.view[max(self.start, place - _KEY_REACH) : place])
        return key[1] if key is not None and key[1] in LISTS else None
