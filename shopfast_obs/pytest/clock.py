"""A clock whose times follow from a seed."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime

START = datetime(2026, 1, 1, tzinfo=UTC)
SHORTEST, LONGEST = 0.001, 0.020  # seconds between two looks at the clock


class SeededClock:
    """Call it where code takes a clock such as `time.time`: it returns epoch seconds, and each call is 1 to 20 ms after
    the one before. The same seed gives the same times."""

    def __init__(self, seed: str, start: datetime = START) -> None:
        self._random = random.Random(seed)  # noqa: S311 - times of a test are no secret
        self._now = start.timestamp()

    def __call__(self) -> float:
        """The time in epoch seconds, a few milliseconds after the last one."""
        self._now += self._random.uniform(SHORTEST, LONGEST)
        return self._now

    def datetime(self) -> datetime:
        """The time as an aware datetime in UTC, a few milliseconds after the last one."""
        return datetime.fromtimestamp(self(), UTC)

    def advance(self, seconds: float) -> None:
        """Move forward; raises ValueError for anything but a finite number of at least 0."""
        if not 0 <= seconds < math.inf:
            raise ValueError("a clock moves forward only, by a finite number of seconds")
        self._now += seconds
