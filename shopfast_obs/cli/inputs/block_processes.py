"""Work in parts, in several processes where there are cores for it; the results come in the order of the parts."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")

MOST = 4  # processes: one more takes the memory of another interpreter


def cores() -> int:
    """The cores that this process may use, at most four."""
    affinity = getattr(os, "sched_getaffinity", None)
    return min(MOST, len(affinity(0)) if affinity else os.cpu_count() or 1)


def in_order(
    work: Callable[[Part], Result], parts: Iterable[Part], begin: Callable[..., None], given: tuple[object, ...]
) -> Iterator[Result]:
    """What `work` makes of each part, in as many processes as there are cores, each of which called `begin` with what
    is given; raises BrokenProcessPool where one of them was killed."""
    # A copy of this process begins at once and has the rest of the program loaded; only Linux is safe to be copied.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    gc.collect()
    gc.freeze()  # what is there is never looked through in the copies, which would make them have it for themselves
    try:
        yield from _ordered(ProcessPoolExecutor(cores(), context, _begin, (begin, given)), work, parts)
    finally:
        gc.unfreeze()


def _ordered(pool: ProcessPoolExecutor, work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
    try:
        for part in parts:
            waiting.append(pool.submit(work, part))
            if len(waiting) > 2 * cores():  # few at a time: a result waits in memory for those before it
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(begin: Callable[..., None], given: tuple[object, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started it is told, and ends it
    gc.set_threshold(100_000, 50, 100)
    begin(*given)
