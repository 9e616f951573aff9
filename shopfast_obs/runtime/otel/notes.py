"""What spans are told for X-Ray: annotations, by which it finds them, and metadata."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context

from shopfast_obs.runtime import correlation
from shopfast_obs.runtime.correlation import ATTRIBUTE

ANNOTATIONS = "aws.xray.annotations"  # the attribute that lists the attributes which X-Ray indexes
EXECUTION = "durable_execution_arn"
_TOLD = "_shopfast_obs_told"  # of a span: the correlation id of what it stands in
LONGEST = 1000  # characters of an annotation (X-Ray's limit)


def annotate(key: str, value: Any) -> None:  # noqa: ANN401 - text, a number, or what becomes text
    """Set an attribute of the current span that X-Ray indexes, as `put_annotation` does."""
    on(trace.get_current_span(), key, value)


def add_metadata(key: str, value: Any, namespace: str = "default") -> None:  # noqa: ANN401
    """Set an attribute of the current span that X-Ray shows as metadata, as `put_metadata` does; what no attribute can
    be is told as JSON."""
    span = trace.get_current_span()
    if span.is_recording():
        told = value if isinstance(value, str | bool | int | float) else json.dumps(value, default=str)
        span.set_attribute(key if namespace == "default" else f"{namespace}.{key}", told)


def on(span: trace.Span, key: str, value: Any) -> None:  # noqa: ANN401
    """An annotation of that span."""
    if not span.is_recording():
        return
    span.set_attribute(key, value if isinstance(value, bool | int | float) else str(value)[:LONGEST])
    listed = attribute(span, ANNOTATIONS) or ()
    if key not in listed:
        span.set_attribute(ANNOTATIONS, [*listed, key])


def attribute(span: trace.Span, key: str) -> Any:  # noqa: ANN401
    """An attribute of a span that is open; the API has no way to read one."""
    return (getattr(span, "attributes", None) or {}).get(key)


def correlate(span: trace.Span, parent_context: Context | None = None) -> None:
    """Annotate with the current id, unless what it is opened in says the same: once a request, or once a record of a
    batch."""
    parent = trace.get_current_span(parent_context)
    execution = correlation.request().execution
    if execution is not None and attribute(parent, EXECUTION) is None:
        on(span, EXECUTION, execution.arn)
    value = correlation.current_id()
    if value and getattr(parent, _TOLD, None) != value and attribute(span, ATTRIBUTE) != value:
        on(span, ATTRIBUTE, value)
    with suppress(AttributeError):  # a span of somebody else's may have no room for it
        setattr(span, _TOLD, value)
