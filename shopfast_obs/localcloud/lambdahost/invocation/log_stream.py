"""The log stream of one execution environment: events are collected, stored in order, and bounded per invocation."""

from __future__ import annotations

import time
from collections.abc import Sequence

from shopfast_obs.localcloud.interface import Clock
from shopfast_obs.localcloud.lambdahost.invocation.masking import Mask
from shopfast_obs.localcloud.lambdahost.sandbox.output import Record
from shopfast_obs.localcloud.observer import Observer

MOST = 16 << 20  # bytes of a function's own output kept per invocation
TAIL = 4096  # bytes that LogType: Tail returns
BATCH = 1000  # events handed over at once


class Journal:
    """Writes one stream. `open` begins what `tail` later returns; `close` says how much was left out."""

    def __init__(self, observer: Observer, clock: Clock, group: str, stream: str) -> None:
        self.mask: Mask | None = None
        self._observer = observer
        self._clock = clock
        self._group = group
        self._stream = stream
        self._events: list[tuple[float, str]] = []
        self._tail = b""
        self._written = 0
        self._dropped = 0
        self._last = 0.0  # when the function wrote its latest line

    def platform(self, at: float, text: str) -> None:
        """Add an event of the platform; an empty one is left out."""
        if text:
            self._add(at, text)

    def output(self, records: Sequence[Record]) -> None:
        """Add what the function wrote."""
        for at, text in self._stamped(records):
            self._written += len(text)
            if self._written > MOST:
                self._dropped += len(text)
            else:
                self._add(at, self.mask.text(text) if self.mask else text)
        if len(self._events) >= BATCH:
            self.flush()

    def _stamped(self, records: Sequence[Record]) -> list[tuple[float, str]]:
        """Cloud times for records: a line without one was written before the record that follows it."""
        latest = self._clock.now()
        ahead = latest - time.time()
        stamped = []
        for record in reversed(records):
            latest = latest if record.time is None else min(latest, record.time + ahead)
            stamped.append((latest, record.text))
        # `ahead` is a little different each time, because the two clocks are read one after the other
        ordered = [(max(at, self._last), text) for at, text in reversed(stamped)]
        self._last = ordered[-1][0] if ordered else self._last
        return ordered

    def open(self) -> None:
        """A new invocation begins."""
        self._tail = b""
        self._written = 0

    def close(self, at: float) -> None:
        """The invocation's output is complete."""
        if self._dropped:
            self._add(at, f"[{self._dropped} bytes of output dropped: more than {MOST} in one invocation]\n")
            self._dropped = 0

    def tail(self) -> bytes:
        """The last 4 KB since `open`."""
        return self._tail[-TAIL:]

    def flush(self) -> None:
        """Hand over what was collected."""
        if self._events:
            events, self._events = self._events, []
            self._observer.log(self._group, self._stream, events)

    def _add(self, at: float, text: str) -> None:
        self._events.append((at, text))
        self._tail = (self._tail + text[-TAIL:].encode("utf-8", "replace"))[-TAIL:]
