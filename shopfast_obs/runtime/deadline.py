"""Speaks before Lambda kills: a timeout destroys the metrics, open segments and the answer to "what was it doing?"."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable

SWITCH = 0.0005  # seconds; at a small CPU share the usual 5 ms of the busy thread would be most of the time left


class Guard:
    """One waiting thread for all requests of an execution environment; `act` runs on it when a deadline comes near."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._due: float | None = None
        self._act: Callable[[], None] | None = None
        self._asleep_until = math.inf
        self._thread: threading.Thread | None = None

    def start(self, seconds: float, act: Callable[[], None]) -> None:
        """Call `act` after so many seconds unless `stop` comes before."""
        with self._condition:
            self._due, self._act = time.monotonic() + seconds, act
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="shopfast-obs-deadline", daemon=True)
                self._thread.start()
            elif self._due < self._asleep_until:  # waking it up for a later deadline would cost each request a switch
                self._condition.notify()

    def stop(self) -> None:
        """The request has ended: nothing is called any more."""
        with self._condition:
            self._due = self._act = None

    def _run(self) -> None:
        while True:
            with self._condition:
                act = self._wait()
            interval = sys.getswitchinterval()
            sys.setswitchinterval(SWITCH)
            try:
                act()
            finally:
                sys.setswitchinterval(interval)

    def _wait(self) -> Callable[[], None]:
        """What to call, once it is due. A stopped request is noticed when its time would have come, not at once: waking
        up for the end of each request would cost every request a switch of threads."""
        while True:
            if self._due is None or self._act is None:
                self._asleep_until = math.inf
                self._condition.wait()
                continue
            left = self._due - time.monotonic()
            if left <= 0:
                act, self._due, self._act = self._act, None, None
                return act
            self._asleep_until = self._due
            self._condition.wait(left)


def seconds_until(remaining_ms: float, margin: float) -> float:
    """When the guard should speak: `margin` seconds before the deadline, half-way when that is nearer."""
    remaining = remaining_ms / 1000
    return max(remaining - margin, remaining / 2)
