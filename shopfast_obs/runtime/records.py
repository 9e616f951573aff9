"""One id per record: a batch mixes the requests of many, and the work on each record goes by the record's own.

The list of records is replaced by one that notes which record a loop has come to, until the handler returns. Who works
on what inside of functions, threads and tasks is read from the running code itself (`current_record.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from contextvars import ContextVar
from types import FrameType
from typing import Any, SupportsIndex, overload

from shopfast_obs.runtime import current_record, sources
from shopfast_obs.runtime.current_record import Step
from shopfast_obs.runtime.distinct import Distinct

MOST_NAMED = 20  # ids of a batch in a log line

_steps: ContextVar[tuple[Step, ...]] = ContextVar("shopfast_obs_steps", default=())


class Batch:
    """The records of an event whose ids differ, and whose work the running code is."""

    def __init__(self, places: list[sources.Place], ids: dict[int, str], boundary: FrameType | None) -> None:
        self.ids = ids
        self._known = Distinct(ids, [record for _, _, records in places for record in records])
        self._boundary = boundary
        # The copy keeps the records alive, and with that their identities.
        self._lists = [(where, key, given, list(given), Records(given, self)) for where, key, given in places]

    def current(self, said: object = None) -> str:
        """The id of the record that the calling code works on; empty where that is none, or not clear, or where what
        is `said` names another one."""
        return current_record.at_hand(self._known, _steps.get(), self._boundary, said)

    def all(self) -> list[str]:
        """The ids of the records, the first few."""
        return list(dict.fromkeys(value for value in self.ids.values() if value))[:MOST_NAMED]

    def replace(self) -> None:
        """The event's lists note from now on what is taken from them."""
        for where, key, _, _, records in self._lists:
            with suppress(Exception):  # a list is the event itself, or stands in what cannot be changed
                where[key] = records

    def restore(self) -> None:
        """The event has the very lists again that it came with, and in them what the handler left."""
        for where, key, given, before, records in self._lists:
            with suppress(Exception):
                if where[key] is records:
                    where[key] = given
                if records != before:
                    given[:] = records
        self._boundary = None
        _steps.set(())


class Records(list[Any]):
    """A list of records; whoever walks it works on each in turn."""

    def __init__(self, records: list[Any], batch: Batch) -> None:
        super().__init__(records)
        self._batch = batch

    @overload
    def __getitem__(self, index: SupportsIndex) -> Any: ...  # noqa: ANN401

    @overload
    def __getitem__(self, index: slice) -> Records: ...

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        """A record, or a part of the list that notes as well."""
        found = super().__getitem__(index)
        if isinstance(index, slice):
            return Records(found, self._batch)
        return found

    def __reduce_ex__(self, _: SupportsIndex) -> tuple[Any, ...]:
        """A copy is a plain list."""
        return list, (self.copy(),)

    def __iter__(self) -> Iterator[Any]:
        """The records, each noted as the one that is worked on."""
        return _walk(super().__iter__(), self._batch.ids)

    def __reversed__(self) -> Iterator[Any]:
        """The same from the end."""
        return _walk(super().__reversed__(), self._batch.ids)


def _walk(records: Iterator[Any], ids: Mapping[int, str]) -> Iterator[Any]:
    loop = id(sys._getframe())
    try:
        for record in records:
            step = Step(loop, ids.get(id(record), ""), current_record.places(sys._getframe(1)))
            _steps.set((*_others(loop), step))
            yield record
    finally:
        _steps.set(_others(loop))


def _others(loop: int) -> tuple[Step, ...]:
    return tuple(step for step in _steps.get() if step.loop != loop)


def batch_of(event: Any, boundary: FrameType | None) -> Batch | None:  # noqa: ANN401 - events have any JSON type
    """The event's batch; None where its records have one id in common, or none has any. Frames outside of the boundary
    are none of the handler's."""
    places = sources.batches(event)
    ids = {id(record): sources.of_record(record) for _, _, records in places for record in records}
    return Batch(places, ids, boundary) if len(set(ids.values())) > 1 else None
