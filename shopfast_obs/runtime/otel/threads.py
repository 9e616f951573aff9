"""Threads, and what is submitted to a pool of them, begin in the span of the code that starts them: OpenTelemetry's
context follows tasks alone."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from opentelemetry import context as contexts

from shopfast_obs.runtime import after_import


def install() -> None:
    """From now on, in this process."""
    kind: Any = threading.Thread
    start = kind.start

    @functools.wraps(start)
    def started(thread: threading.Thread) -> None:
        context, run = contexts.get_current(), thread.run
        if context and "run" not in vars(thread):

            def within() -> None:
                del thread.run  # or the thread would hold itself
                _within(context, run)

            thread.run = within  # type: ignore[method-assign]
        start(thread)

    kind.start = started
    after_import.call("concurrent.futures.thread", _change_pool)


def _change_pool(module: Any) -> None:  # noqa: ANN401
    submit = module.ThreadPoolExecutor.submit

    @functools.wraps(submit)
    def submitted(pool: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        # Without a context as well: the thread may have begun in another one's.
        return submit(pool, _within, contexts.get_current(), fn, *args, **kwargs)

    module.ThreadPoolExecutor.submit = submitted


def _within(context: contexts.Context, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    token = contexts.attach(context)
    try:
        return function(*args, **kwargs)
    finally:
        contexts.detach(token)
