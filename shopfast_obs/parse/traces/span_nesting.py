"""Spans within spans of one service that are no calls and no entries of their own: the HTTP request of an SDK's call,
the work on a message below its receipt, a framework's span below that of the function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shopfast_obs.model.records import record
from shopfast_obs.parse.traces.span_segments import calls, serves, service
from shopfast_obs.parse.traces.spans import Span, changed


@record
class Nested:
    """The spans of a trace. `outer` is the call that a span of a call's transport belongs to, by the transport's id."""

    spans: Sequence[Span]
    outer: dict[str, str]


def nested(spans: Iterable[Span]) -> Nested:
    """The spans with those inner ones as internal work, and what they called below the outer call."""
    listed = list(spans)
    known = {span.id: span for span in listed}
    outer: dict[str, str] = {}
    for span in listed:
        above = known.get(span.parent_id)
        if above is not None and calls(span) and calls(above) and _together(span, above):
            outer[span.id] = above.id
    outer = {inner: _outermost(inner, outer) for inner in outer}
    return Nested([_placed(span, known.get(span.parent_id), outer) for span in listed], outer)


def _placed(span: Span, above: Span | None, outer: dict[str, str]) -> Span:
    changes: dict[str, Any] = {}
    if span.id in outer or (above and serves(span) and not calls(span) and not calls(above) and _together(span, above)):
        changes["kind"] = "INTERNAL"
    elif serves(span) and span.parent_id in outer:
        changes["parent_id"] = outer[span.parent_id]
    return changed(span, **changes) if changes else span


def _together(span: Span, above: Span) -> bool:
    return service(span) == service(above) and span is not above


def _outermost(inner: str, outer: dict[str, str]) -> str:
    """Where a chain of calls within calls begins."""
    passed = {inner}
    while (above := outer.get(outer[inner])) and above not in passed:
        inner = outer[inner]
        passed.add(inner)
    return outer[inner]
