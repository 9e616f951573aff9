"""What a thread takes along from the code that starts it: context variables follow the tasks of asyncio, not threads.

Only named values go along, not the whole context: an application's own variables (decimal's context is one of them)
stay as separate between threads as Python leaves them.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from shopfast_obs.runtime import after_import

EXECUTOR = "concurrent.futures.thread"
_MARK = "_shopfast_obs_carries"

# How to read a value, to set it (which gives a token), and to set it back.
Carried = tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Any]]
Taken = list[tuple[Carried, Any]]

_carried: list[Carried] = []


def carry(get: Callable[[], Any], enter: Callable[[Any], Any], leave: Callable[[Any], Any]) -> None:
    """From now on a thread, and what is submitted to a pool of threads, begins with the value of the code that starts
    it; None is not taken along."""
    if (get, enter, leave) not in _carried:
        _carried.append((get, enter, leave))
    _install()


def carry_opentelemetry() -> None:
    """The same for OpenTelemetry's context, whose spans follow tasks by themselves."""
    from opentelemetry import context

    carry(context.get_current, context.attach, context.detach)


def _install() -> None:
    if not hasattr(threading.Thread.start, _MARK):
        _around_threads()
        after_import.call(EXECUTOR, _around_submissions)


def _around_threads() -> None:
    kind: Any = threading.Thread
    start = kind.start

    def started(thread: threading.Thread) -> None:
        taken = [] if _is_worker(thread) else _taken()
        if not taken:
            start(thread)
            return
        run, had = thread.run, "run" in vars(thread)

        def restore() -> None:
            if had:
                thread.run = run  # type: ignore[method-assign]
            else:
                vars(thread).pop("run", None)

        def within() -> None:
            restore()
            _within(taken, run)

        thread.run = within  # type: ignore[method-assign]
        try:
            start(thread)
        except BaseException:
            restore()
            raise

    setattr(started, _MARK, True)
    kind.start = started


def _is_worker(thread: Any) -> bool:  # noqa: ANN401
    """True for a thread of a pool, which works for whoever submits something; each submission takes its own along."""
    module: Any = sys.modules.get(EXECUTOR)
    if module is None or not hasattr(module.ThreadPoolExecutor.submit, _MARK):
        return False
    return getattr(thread, "_target", None) is getattr(module, "_worker", thread)


def _around_submissions(module: Any) -> None:  # noqa: ANN401
    executor = module.ThreadPoolExecutor
    submit = executor.submit

    def submitted(self: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        taken = _taken()
        if not taken:
            return submit(self, fn, *args, **kwargs)
        return submit(self, _within, taken, fn, *args, **kwargs)

    setattr(submitted, _MARK, True)
    executor.submit = submitted


def _taken() -> Taken:
    taken = []
    for carried in _carried:
        with suppress(Exception):
            value = carried[0]()
            if value is not None:
                taken.append((carried, value))
    return taken


def _within(taken: Taken, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    """What the function returns, called with the values that its thread was given."""
    entered = []
    for (_, enter, leave), value in taken:
        with suppress(Exception):
            entered.append((leave, enter(value)))
    try:
        return function(*args, **kwargs)
    finally:
        for leave, token in reversed(entered):
            with suppress(Exception):
                leave(token)
