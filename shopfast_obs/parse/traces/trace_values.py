"""The traces, loose segments and spans that the values of saved files hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from shopfast_obs.parse.saved import log_values, payloads
from shopfast_obs.parse.traces import otlp


def parts(value: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - anything may stand in a file
    """The traces and loose segments that a value holds; nothing when it is nothing of X-Ray's."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, list):
            pending.extend([{"zipkinSpans": current}] if otlp.is_zipkin(current) else reversed(current))
        elif not isinstance(current, dict):
            continue
        elif "Segments" in current or _is_segment(current) or otlp.is_otlp(current):
            yield current
        elif isinstance(current.get("Traces"), list):
            pending.extend(reversed(current["Traces"]))
        elif events := log_values.logged(current):  # of the group aws/spans, in which every event is a span
            pending.extend(_inner(event["message"]) for event in reversed(events) if _is_span(event))
        elif "Document" in current:
            pending.append(_inner(current["Document"]))
        else:
            pending.extend(payloads.within(current))


def are_in(value: Any) -> bool:  # noqa: ANN401
    """True for a value that holds a trace, a segment or a span."""
    return any(True for _ in parts(value))


def is_answer(value: Any) -> bool:  # noqa: ANN401
    """True for an answer of BatchGetTraces, also one without a trace."""
    return isinstance(value, dict) and isinstance(value.get("Traces"), list)


def _is_segment(value: Mapping[str, Any]) -> bool:
    return "start_time" in value and ("trace_id" in value or "id" in value)


def _is_span(event: Any) -> bool:  # noqa: ANN401
    return isinstance(event, dict) and log_values.is_span(event.get("message"))


def _inner(document: Any) -> Any:  # noqa: ANN401
    if not isinstance(document, (str, bytes)):
        return document
    try:
        return orjson.loads(document)
    except orjson.JSONDecodeError:
        return None
