"""Traces whose parts lie apart: which places have to be read for which of them, in 24 bytes a place."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shopfast_obs.parse.traces.blocks import Block

TOGETHER = 1000  # traces that are put together at a time


@dataclass(slots=True)
class SpreadTask:
    """Some traces by id, and the places where their parts lie."""

    ids: list[str]
    places: list[Block]


class SpreadTraces:
    """The places of traces whose parts come one by one: of some traces together, by their first part."""

    def __init__(self) -> None:
        self._group: dict[str, int] = {}  # of a trace
        self._ids: list[list[str]] = []
        self._places: list[array[int]] = []  # of a group
        self._known: dict[tuple[int, int, int], Block] = {}  # those that are no line
        self._names: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._ids)

    def add(self, place: Block, ids: Iterable[str]) -> None:
        """These traces have parts in the place."""
        for group in dict.fromkeys(self._of(id_) for id_ in ids):
            if not self._names or self._names[-1] != place.name:
                self._names.append(place.name)
            self._places[group].extend((len(self._names) - 1, place.start, place.end))
            if not place.lines:
                self._known[len(self._names) - 1, place.start, place.end] = place

    def _of(self, id_: str) -> int:
        found = self._group.get(id_)
        if found is None:
            if not self._ids or len(self._ids[-1]) >= TOGETHER:
                self._ids.append([])
                self._places.append(array("q"))
            self._ids[-1].append(id_)
            found = self._group[id_] = len(self._ids) - 1
        return found

    def tasks(self) -> Iterator[SpreadTask]:
        """Some traces, and the places where their parts are."""
        for ids, flat in zip(self._ids, self._places, strict=True):
            places = zip(flat[::3], flat[1::3], flat[2::3], strict=True)
            yield SpreadTask(ids, [self._known.get(key) or self._line(*key) for key in places])

    def _line(self, name: int, start: int, end: int) -> Block:
        return Block(self._names[name], start, end, lines=True)
