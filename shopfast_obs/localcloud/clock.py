"""The cloud's clock: real time, plus what tests and drills moved it forward."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path


class CloudClock:
    """A clock that moves forward only, and that a restart does not set back: the offset is kept in `path`."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._offset = _stored(path)
        self.on_move: Callable[[], None] = lambda: None

    def now(self) -> float:
        """Epoch seconds, as the cloud sees them."""
        return time.time() + self._offset

    @property
    def offset(self) -> float:
        """Seconds that the clock is ahead of real time."""
        return self._offset

    def advance(self, seconds: float) -> float:
        """Move forward and return the new time; raises ValueError for anything but a finite number of at least 0."""
        if not 0 <= seconds < float("inf"):
            raise ValueError("a clock moves forward only, by a finite number of seconds")
        with self._lock:
            self._offset += seconds
            if self._path is not None:
                self._path.write_text(json.dumps({"offset": self._offset}), encoding="utf-8")
        self.on_move()
        return self.now()


def _stored(path: Path | None) -> float:
    if path is None or not path.exists():
        return 0.0
    try:
        return max(0.0, float(json.loads(path.read_text(encoding="utf-8"))["offset"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return 0.0
