"""`@observed`: correlation and the deadline guard around a handler, harmless whatever happens in them."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from shopfast_obs.runtime import annotation, answers, correlation, evidence, powertools, records, routes, switches
from shopfast_obs.runtime.deadline import Guard, seconds_until

Handler = TypeVar("Handler", bound=Callable[..., Any])
_guard = Guard()


@dataclass(frozen=True, slots=True)
class LocalContext:
    """Stands in for the Lambda context where a test passes none, so that the decorators inside have what they read."""

    function_name: str = "local"
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = "128"
    invoked_function_arn: str = "arn:aws:lambda:local:000000000000:function:local"
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"


def observed(handler: Handler) -> Handler:
    """The handler with its request's correlation id carried in and out, and a last word before its deadline."""

    @functools.wraps(handler)
    def around(event: Any = None, context: Any = None, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a handler's
        given, guarded, request = event, False, None
        with suppress(Exception):
            given = _correlate(event, context)
        with suppress(Exception):
            request = routes.begin(event) if switches.routes() else None
        with suppress(Exception):
            guarded = _watch(context, request)
        try:
            answer = handler(given, LocalContext() if context is None else context, *args, **kwargs)
        except BaseException:
            _count(request, failed=True)
            raise
        finally:
            if guarded:
                _guard.stop()
        _count(request, failed=routes.failed(answer))
        with suppress(Exception):
            return _signed(event, answer)
        return answer

    return around  # type: ignore[return-value]


def _correlate(event: Any, context: Any) -> Any:  # noqa: ANN401
    """Make the event's id the current one; the event as the handler shall see it."""
    if not switches.correlation():
        return correlation.without_execution(event)
    value = correlation.of(event, context)
    correlation.begin(value)
    powertools.set_correlation_id(value)
    annotation.install()
    return records.apart(correlation.without_execution(event))


def _signed(event: Any, answer: Any) -> Any:  # noqa: ANN401
    return answers.with_header(event, answer, correlation.current_id()) if switches.correlation() else answer


def _count(request: routes.Request | None, *, failed: bool) -> None:
    if request is not None:
        with suppress(Exception):
            request.count(failed=failed)


def _watch(context: Any, request: routes.Request | None) -> bool:  # noqa: ANN401
    """Set the guard; False when there is no deadline to guard."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    if remaining is None or not switches.deadline():
        return False
    left = float(remaining())
    end = time.monotonic() + left / 1000
    thread, entities, value = threading.get_ident(), evidence.open_entities(), correlation.current_id()
    before = time.process_time()

    def speak() -> None:
        # What nobody could make up for comes first: each step has to wait for its turn behind a busy thread.
        _count(request, failed=True)
        with suppress(Exception):
            evidence.flush_metrics()
        with suppress(Exception):
            used = time.process_time() - before
            evidence.log(evidence.describe(thread, (end - time.monotonic()) * 1000, entities, used), value)
        with suppress(Exception):
            evidence.send_segments(entities)

    _guard.start(seconds_until(left, switches.margin()), speak)
    return True
