"""How many calls of one API are under way at once: half as many when it is too much, slowly more again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 8  # calls of one API at once
GIVE_UP = 3  # refusals one after another, each after all of botocore's own repeats, tell that it will not be served


class ConcurrencyLimit:
    """The calls of one API. `closed` is the code of the error after which it is not asked any more, else empty."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._limit = most, float(most)
        self._under_way = self._refused = self._cut = 0
        self._free = threading.Condition()
        self.closed = ""

    @property
    def limit(self) -> int:
        """How many calls may be under way now."""
        return int(self._limit)

    @contextmanager
    def turn(self) -> Iterator[int]:
        """Wait until one more call may be under way; the number of cuts before it, for `throttled`."""
        with self._free:
            self._free.wait_for(lambda: self._under_way < self.limit)
            self._under_way += 1
            cut = self._cut
        try:
            yield cut
        finally:
            with self._free:
                self._under_way -= 1
                self._free.notify_all()

    def served(self) -> None:
        """A call was answered at once: after as many as may be under way, one more may be."""
        with self._free:
            self._refused = 0
            self._limit = min(float(self._most), self._limit + 1 / self._limit)
            self._free.notify_all()

    def throttled(self, cut: int, code: str = "") -> None:
        """A call came too fast: half as many from now on. Calls that were under way together cut it once. `code` is the
        error where repeating did not help."""
        with self._free:
            if cut == self._cut:
                self._limit = max(1.0, self._limit / 2)
                self._cut += 1
            self._refused = self._refused + 1 if code else 0
            if self._refused >= GIVE_UP:
                self.closed = code
