"""`@observed`: correlation and the deadline guard around a handler, harmless whatever happens in them."""

from __future__ import annotations

import functools
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

from shopfast_obs.runtime import (
    annotation,
    correlation,
    payload,
    powertools,
    responses,
    routes,
    running_now,
    sources,
    switches,
)
from shopfast_obs.runtime.deadline import Guard, seconds_until
from shopfast_obs.runtime.layers import Layers

if TYPE_CHECKING:
    from shopfast_obs.runtime.durable import Execution
    from shopfast_obs.runtime.records import Batch

Handler = TypeVar("Handler", bound=Callable[..., Any])
_guard = Guard()


def observed(handler: Handler) -> Handler:
    """The handler with its request's correlation id carried in and out, and a last word before its deadline.

    It gets the arguments that the caller gave. Called while a request is handled, it is a function like any other.
    """
    layers, chosen = Layers(handler), switches.chosen()
    parameters = _parameters(layers.original)
    as_usual = [at for at, _ in parameters] == [0, 1]

    @functools.wraps(handler)
    def around(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a handler's
        if as_usual and len(args) == 2:  # as Lambda calls it
            event, context = args
        else:
            event, context = (args[at] if len(args) > at else kwargs.get(name) for at, name in parameters)
        outer = correlation.outer(context)
        if outer is not None:
            return layers.call(args, kwargs, event, context, _repeated(layers, outer))
        if (execution := _execution(event, context)) is not None:
            begun = correlation.begin("", getattr(context, "lambda_context", context), layers)
            call = functools.partial(layers.call, args, kwargs, event, context)
            return _durable(call, event, begun, execution, chosen)
        begun = _begin(event, context, layers, carried=chosen.correlation)
        token = correlation.enter(begun)
        request, guarded = None, False
        try:
            with suppress(Exception):
                request = routes.begin(event) if chosen.routes else None
            with suppress(Exception):
                guarded = chosen.deadline and _watch(context, request, begun, chosen.margin)
            try:
                answer = layers.call(args, kwargs, event, context)
            except BaseException:
                _count(request, failed=True)
                raise
            finally:
                if guarded:
                    _guard.stop()
            _count(request, failed=routes.failed(answer))
            if begun.value and chosen.in_lambda:  # an answer that no client gets stays as the application made it
                with suppress(Exception):
                    return responses.with_header(event, answer, begun.value)
            return answer
        finally:
            if begun.batch is not None:
                begun.batch.restore()
            correlation.leave(begun, token)

    return around  # type: ignore[return-value]


def _parameters(function: Any) -> list[tuple[int, str]]:  # noqa: ANN401
    """Where event and context stand among the arguments, and their names; `self` stands before them where a method is
    decorated in its class."""
    code = getattr(function, "__code__", None)
    names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]) if code is not None else []
    bound = getattr(function, "__self__", None) is not None
    first = 1 if names[:1] in (["self"], ["cls"]) else 0
    names = names[first : 2 + first]
    names += ["event", "context"][len(names) :]
    at = 0 if bound else first
    return [(at, names[0]), (at + 1, names[1])]


def _execution(event: Any, context: Any) -> Execution | None:  # noqa: ANN401
    """The durable execution that is resumed; what handles those is not loaded for other events."""
    is_durable = "DurableExecutionArn" in event if type(event) is dict else hasattr(event, "durable_execution_arn")
    if not is_durable and not hasattr(context, "lambda_context"):
        return None
    with suppress(Exception):
        from shopfast_obs.runtime import durable

        return durable.of(event, context)
    return None


def _durable(
    call: Callable[[], Any],
    event: Any,  # noqa: ANN401
    begun: correlation.Request,
    execution: Execution,
    chosen: switches.Chosen,
) -> Any:  # noqa: ANN401
    from shopfast_obs.runtime import durable

    def watch(context: Any, begun: correlation.Request) -> Callable[[], None] | None:  # noqa: ANN401
        return _guard.stop if chosen.deadline and _watch(context, None, begun, chosen.margin) else None

    return durable.handled(call, event, begun, execution, watch)


def _begin(event: Any, context: Any, layers: Layers, *, carried: bool) -> correlation.Request:  # noqa: ANN401
    """The request that the event brings, made the one at hand; the event as the handler shall see it."""
    value, batch, objects = "", None, None
    with suppress(Exception):
        objects = None if _is_http(event) else payload.objects_of(event)
    if carried:
        with suppress(Exception):
            batch = _batch(event, sys._getframe(1))
        with suppress(Exception):
            value = sources.of_batch(event, context, batch.ids) if batch else sources.of(event, context, objects)
    begun = correlation.begin(value, context, layers)
    with suppress(Exception):
        annotation.begin()
    with suppress(Exception):
        annotation.begin_in_span()
    with suppress(Exception):
        sources.take_out_execution(event)
        if objects is not None:  # nobody sends it in what an API makes
            payload.take_out(event, objects)
    if value:
        with suppress(Exception):
            powertools.set_correlation_id(value)
        if batch is not None:
            begun.batch = batch
            batch.replace()
    return begun


def _is_http(event: Any) -> bool:  # noqa: ANN401
    return type(event) is dict and "requestContext" in event and "headers" in event and payload.KEY not in event


def _batch(event: Any, boundary: FrameType) -> Batch | None:  # noqa: ANN401
    """The event's records, where they have different ids; what handles batches is not loaded for other events."""
    if sum(len(records) for _, _, records in sources.batches(event)) < 2:
        return None
    from shopfast_obs.runtime import records

    return records.batch_of(event, boundary)


def _repeated(layers: Layers, outer: correlation.Request) -> int:
    """How many layers of a handler that is called by another would do their work a second time."""
    with suppress(Exception):
        return layers.called_by(outer.owner) if isinstance(outer.owner, Layers) else 0
    return 0


def _count(request: routes.Request | None, *, failed: bool) -> None:
    if request is not None:
        with suppress(Exception):
            request.count(failed=failed)


def _watch(context: Any, request: routes.Request | None, begun: correlation.Request, margin: float) -> bool:  # noqa: ANN401
    """Set the guard; False when there is no deadline to guard."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    if remaining is None:
        return False
    left = remaining()
    if not isinstance(left, int | float) or left <= 0:  # a test's context
        return False
    end = time.monotonic() + left / 1000
    thread, before = threading.get_ident(), time.process_time()

    def speak() -> None:
        # What nobody could make up for comes first: each step has to wait for its turn behind a busy thread.
        _count(request, failed=True)
        with suppress(Exception):
            running_now.flush_metrics()
        with suppress(Exception):
            used = time.process_time() - before
            running_now.log(
                running_now.describe(thread, (end - time.monotonic()) * 1000, begun.segment, used), begun.value
            )
        with suppress(Exception):
            running_now.send_segments(begun.segment)
        with suppress(Exception):
            running_now.send_spans(thread)

    _guard.start(seconds_until(left, margin), speak)
    return True
