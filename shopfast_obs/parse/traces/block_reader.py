"""What one block of a file holds: its whole traces, where the parts of others lie, and what could not be read."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from shopfast_obs.model.telemetry import Trace
from shopfast_obs.parse.read_problems import Unread
from shopfast_obs.parse.traces.blocks import Block
from shopfast_obs.parse.traces.documents import Loose, holds_traces, values
from shopfast_obs.parse.traces.trace_values import parts as parts_of

Content = Callable[[Block], bytes]
PARTS = "traces and segments"


@dataclass(slots=True)
class Told:
    """What a block tells beside its traces. `loose` are the places of parts of traces whose rest may be anywhere, with
    the ids of these traces."""

    name: str
    found: bool = False
    rows: int = 0
    read: int = 0
    bad: int = 0
    first_bad: tuple[int, str] | None = None  # its line, and what is wrong with it
    problems: list[str] = field(default_factory=list)
    parts: Unread = field(default_factory=lambda: Unread("the files", PARTS))
    loose: list[tuple[Block, tuple[str, ...]]] = field(default_factory=list)

    def merge(self, other: Told) -> None:
        """Add what the block after these told; its `loose` is left to the caller."""
        if other.first_bad is not None and self.first_bad is None:
            self.first_bad = other.first_bad[0] + self.rows, other.first_bad[1]
        self.found = self.found or other.found
        self.rows += other.rows
        self.read += other.read
        self.bad += other.bad
        self.problems += other.problems
        self.parts.merge(other.parts)

    def lines(self) -> list[str]:
        """What is wrong with the lines of a file, if anything is."""
        if self.first_bad is None:
            return []
        unread = Unread(self.name, total=self.read)
        for _ in range(self.bad):
            unread.add("not JSON", f"line {self.first_bad[0]}: {self.first_bad[1]}")
        return [unread.problem]


def traces(block: Block, content: bytes, told: Told) -> Iterator[Trace]:
    """The traces that are whole in the block; the rest is added to `told` on the way."""
    if not block.lines:
        yield from _sorted(block, _documents(block, content, told), told)
        return
    place = block.start
    for line in io.BytesIO(content):
        begun, place = place, place + len(line)
        told.rows += 1
        if not line.strip():
            continue
        told.read += 1
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as problem:
            told.bad += 1
            told.first_bad = told.first_bad or (told.rows, str(problem))
            continue
        if value.__class__ is dict and "Segments" in value:  # nearly all are, and nothing has to be looked for in them
            told.found = True
            whole = Loose().sorted(value, told.name, told.parts)
            if whole is not None:
                yield whole
        else:
            yield from _sorted(Block(block.name, begun, place, lines=True), [value], told)


def _documents(block: Block, content: bytes, told: Told) -> Iterator[Any]:
    yield from values(block.name, block.before + content + block.after, told.problems)


def _sorted(place: Block, found: Iterable[Any], told: Told) -> Iterator[Trace]:
    loose = Loose()
    for value in found:
        told.found = told.found or holds_traces(value)
        for part in parts_of(value):
            told.found = True
            whole = loose.sorted(part, told.name, told.parts)
            if whole is not None:
                yield whole
    if ids := loose.ids:
        told.loose.append((place, tuple(ids)))


def spread(places: Iterable[Block], ids: Collection[str], content: Content) -> Iterator[Trace]:
    """The traces with these ids, put together from the places where their parts lie."""
    loose, said = Loose(), Unread("")
    for place in places:
        for value in values(place.name, place.before + content(place) + place.after, []):
            for part in parts_of(value):
                if "Segments" not in part:
                    loose.sorted(part, place.name, said)
    loose.only(ids)
    yield from loose.traces()
