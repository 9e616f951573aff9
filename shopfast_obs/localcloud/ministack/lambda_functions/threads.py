"""Threads for invocations. MiniStack starts one for each and its loop waits until it runs, which costs a third of a
warm invocation; these are kept. There is no bound: a function that calls back must never wait for a thread."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from shopfast_obs.localcloud.ministack.untyped import Untyped

_THREADS = ThreadPoolExecutor(max_workers=100_000, thread_name_prefix="invocation")


async def run_reentrant(work: Callable[..., Untyped], *args: Untyped, thread_name: str = "") -> Untyped:
    """The result of blocking work that may call back into this server; the caller's context goes with it.

    As in MiniStack, a cancelled caller waits for the end: the work cannot be stopped, and still changes state.
    """
    context = contextvars.copy_context()
    running = asyncio.get_running_loop().run_in_executor(_THREADS, functools.partial(context.run, work, *args))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await asyncio.shield(running)
        raise
