"""A log that nobody outside can fill: of each kind of trouble a line a minute, with a count."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

SECONDS = 60.0
KINDS = 100  # kinds that are told apart; what comes from outside names no more
LENGTH = 300  # characters of a line's detail


class Tally:
    """Counts troubles by kind and writes the first of each at once, then one line a minute for all that followed."""

    def __init__(self, logger: logging.Logger, now: Callable[[], float] = time.monotonic) -> None:
        self._logger = logger
        self._now = now
        self._lock = threading.Lock()
        self._written: dict[str, float] = {}
        self._waiting: dict[str, int] = {}
        self.counts: dict[str, int] = {}

    def note(self, kind: str, detail: str) -> None:
        """Count one trouble; `detail` says what this one was."""
        with self._lock:
            if kind not in self.counts and len(self.counts) >= KINDS:
                kind = "other"
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self._waiting[kind] = self._waiting.get(kind, 0) + 1
            if self._now() - self._written.get(kind, float("-inf")) < SECONDS:
                return
            self._written[kind], count = self._now(), self._waiting.pop(kind)
        text = detail[:LENGTH].encode("unicode_escape").decode()  # no second line, no terminal's control
        self._logger.warning("%s: %s%s", kind, text, f" ({count} in the last minutes)" if count > 1 else "")

    def close(self) -> None:
        """Write what still waits."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for kind, count in waiting.items():
            self._logger.warning("%s: %d more", kind, count)
