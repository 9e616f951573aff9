"""The fastest of some runs: what the machine's other work does not add to."""

from __future__ import annotations

import time
from collections.abc import Callable


def interleaved(*functions: Callable[[], object], runs: int = 5) -> tuple[float, ...]:
    """Seconds of CPU of each; they take turns, so that all meet the same machine."""
    taken: list[list[float]] = [[] for _ in functions]
    for _ in range(runs):
        for times, function in zip(taken, functions, strict=True):
            begun = time.process_time()
            function()
            times.append(time.process_time() - begun)
    return tuple(min(times) for times in taken)
