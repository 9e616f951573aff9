"""The clock of timeouts: it goes on while the machine sleeps, as the clocks of a function's callers do."""

from __future__ import annotations

import time

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> float:
    """Seconds since the machine was started, asleep or not."""
    return time.clock_gettime(_CLOCK)
