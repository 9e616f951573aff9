"""`traced`: a span around a handler, which what the handler does stands in, sent before its answer goes out."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import Token
from typing import Any, TypeVar, overload

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.trace import Link, Status, StatusCode

from shopfast_obs.runtime import sources
from shopfast_obs.runtime.otel import calls, invocation, notes, propagation, provider

Handler = TypeVar("Handler", bound=Callable[..., Any])
_cold = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand") == "on-demand"


@overload
def traced(handler: Handler) -> Handler: ...


@overload
def traced(*, span: bool) -> Callable[[Handler], Handler]: ...


def traced(handler: Handler | None = None, *, span: bool = True) -> Handler | Callable[[Handler], Handler]:
    """The handler with a span of its own in the trace of its invocation. Where something has opened one already, as
    ADOT's wrapper does, it stands in that. Without `span` what it does stands in the function's own segment."""
    return functools.partial(_around, span) if handler is None else _around(span, handler)


def _around(span: bool, handler: Handler) -> Handler:
    with suppress(Exception):
        provider.prepare()
        calls.install()
    name = f"## {getattr(handler, '__name__', 'handler')}" if span else None

    @functools.wraps(handler)
    def around(event: Any, context: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a handler's
        handling = Handling(name, event, context)
        try:
            answer = handler(event, context, *args, **kwargs)
        except BaseException as problem:
            handling.end(problem=problem)
            raise
        handling.end(answer)
        return answer

    return around  # type: ignore[return-value]


class Handling:
    """The handler's span of one invocation, none where it has no name; whatever fails in here, the handler does not
    notice."""

    def __init__(self, name: str | None, event: Any, context: Any) -> None:  # noqa: ANN401
        self._span: trace.Span | None = None
        self._token: Token[contexts.Context] | None = None
        self._flushes = False
        with suppress(Exception):
            if provider.is_on():
                self._begin(name, event, context)

    def _begin(self, name: str | None, event: Any, context: Any) -> None:  # noqa: ANN401
        global _cold
        own, current = provider.own(), trace.get_current_span()
        cold, _cold = _cold, False
        if current.get_span_context().is_valid:
            notes.correlate(current)
            return
        if own is not None:
            own.collector.open.clear()  # what an earlier invocation never ended
        self._flushes = True
        tracer = own.tracer if own is not None else trace.get_tracer(provider.SCOPE)
        caller = propagation.incoming()
        outer = trace.set_span_in_context(trace.NonRecordingSpan(caller)) if caller else contexts.Context()
        if name is None:
            self._token = contexts.attach(outer)
            return
        span = tracer.start_span(
            name, outer, invocation.kind(event), invocation.attributes(event, context), _links(event, caller)
        )
        self._span, self._token = span, contexts.attach(trace.set_span_in_context(span, outer))
        if own is not None:
            own.handler = span
        if own is None:
            notes.correlate(span)
        if span.is_recording():
            notes.on(span, "faas.coldstart", cold)
            if service := os.environ.get("POWERTOOLS_SERVICE_NAME"):
                notes.on(span, "Service", service)

    def end(self, answer: Any = None, problem: BaseException | None = None) -> None:  # noqa: ANN401
        """The handler has answered, or failed."""
        if not self._flushes:
            return
        if self._span is not None:
            with suppress(Exception):
                if problem is not None:
                    _fail(self._span, problem)
                else:
                    _answered(self._span, answer)
            with suppress(Exception):
                self._span.end()
        with suppress(Exception):
            contexts.detach(self._token) if self._token is not None else None
        with suppress(Exception):
            own = provider.own()
            if own is not None:
                own.handler = None
                own.collector.force_flush()
            elif (flush := getattr(trace.get_tracer_provider(), "force_flush", None)) is not None:
                flush()


def _fail(span: trace.Span, problem: BaseException) -> None:
    span.record_exception(problem)
    span.set_status(Status(StatusCode.ERROR, f"{type(problem).__name__}: {problem}"))


def _answered(span: trace.Span, answer: Any) -> None:  # noqa: ANN401
    """An HTTP answer's status; one of the server's own errors fails the span. One of the client's is left out: X-Ray
    would show the function's part as an error, and it has done what it should."""
    status = answer.get("statusCode") if isinstance(answer, Mapping) else None
    try:
        number = int(status)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return
    if number // 100 != 4:
        span.set_attribute("http.response.status_code", number)
    if number >= 500:
        span.set_status(Status(StatusCode.ERROR))


def _links(event: Any, caller: trace.SpanContext | None) -> list[Link]:  # noqa: ANN401
    """The traces that the records of a queue came from, but for the invocation's own."""
    found: dict[tuple[int, int], Link] = {}
    for _, _, records in sources.batches(event):
        for record in records:
            attributes = record.get("attributes") if isinstance(record, Mapping) else None
            header = attributes.get("AWSTraceHeader") if isinstance(attributes, Mapping) else None
            sent = propagation.parsed(header) if isinstance(header, str) else None
            if sent is not None and (caller is None or sent.trace_id != caller.trace_id):
                found[sent.trace_id, sent.span_id] = Link(sent)
    return list(found.values())
