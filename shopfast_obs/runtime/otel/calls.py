"""Which libraries' calls become spans. They are changed once they are imported; a span is made where one is recorded
that it can stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from shopfast_obs.runtime import after_import
from shopfast_obs.runtime.otel import notes, provider

# Keys of OpenTelemetry's own instrumentations: nothing below makes spans.
SUPPRESSED = ("suppress_instrumentation", "suppress_http_instrumentation")
_installed = False


def install() -> None:
    """Change what is there, and the rest once it is."""
    global _installed  # noqa: PLW0603 - once a process
    if _installed or not provider.is_on():
        return
    _installed = True
    from shopfast_obs.runtime import threads
    from shopfast_obs.runtime.otel import aws_calls, http_calls

    threads.carry_opentelemetry()
    for name, change in (*aws_calls.CHANGES.items(), *http_calls.CHANGES.items()):
        after_import.call(name, change)


def begun(kind: str, name: Callable[[], str], attributes: Callable[[], dict[str, Any]]) -> trace.Span | None:
    """A span of a call; None where none is recorded that it could stand in, or where the same call has one."""
    with suppress(Exception):
        own = provider.own()
        if own is None or any(contexts.get_value(key) for key in SUPPRESSED):
            return None
        outer, context = trace.get_current_span(), None
        if not outer.get_span_context().is_valid and own.handler is not None:  # a thread that inherited no context
            outer = own.handler
            context = trace.set_span_in_context(outer)
        same = getattr(outer, "kind", None) is SpanKind.CLIENT and notes.attribute(outer, kind) is not None
        if (outer.is_recording() or _is_function(outer)) and not same:
            return own.tracer.start_span(name(), context, SpanKind.CLIENT, attributes())
    return None


def _is_function(outer: trace.Span) -> bool:
    """True for the function's own sampled segment, which Lambda records: a handler without a span stands in that."""
    named = outer.get_span_context()
    return named.is_valid and named.is_remote and named.trace_flags.sampled


@contextmanager
def inside(span: trace.Span) -> Iterator[None]:
    """What runs in here stands in the span, and what the call itself calls makes no more of them."""
    context = contexts.set_value(SUPPRESSED[1], True, trace.set_span_in_context(span))
    token = contexts.attach(context)
    try:
        yield
    finally:
        contexts.detach(token)


def failed(span: trace.Span, problem: BaseException, status: int | None = None) -> None:
    """The call has raised."""
    with suppress(Exception):
        span.record_exception(problem)
        span.set_attribute("error.type", type(problem).__name__)
        span.set_status(Status(StatusCode.ERROR, f"{type(problem).__name__}: {problem}"))
        if status is not None:
            span.set_attribute("http.response.status_code", status)
