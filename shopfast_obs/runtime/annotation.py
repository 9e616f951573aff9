"""The correlation id in the trace: an annotation on what a request opens, by which X-Ray finds it; and what is open of
it, for the last word before its deadline."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from shopfast_obs.runtime import correlation, switches, trace_header
from shopfast_obs.runtime.correlation import ATTRIBUTE

EXECUTION = "durable_execution_arn"
FAILED = "## execution failed"
LONGEST_NAME = 200  # characters, of a subsegment
_MARK = "_shopfast_obs_annotates"


def begin() -> None:
    """Annotate the subsegments that the X-Ray SDK opens from now on, in the trace of this request; nothing is imported
    for it."""
    recorder = getattr(sys.modules.get("aws_xray_sdk.core"), "xray_recorder", None)
    if recorder is None:
        return
    if not getattr(recorder.context, _MARK, False):
        _follow_tasks(recorder)
        _install(recorder.context)
    _leave_last_request(recorder.context)


def begin_in_span() -> None:
    """Annotate the span that another tracer of OpenTelemetry has open, as ADOT's wrapper does around a handler."""
    api = sys.modules.get("opentelemetry.trace")
    if api is not None and api.get_current_span().is_recording():
        from shopfast_obs.runtime.otel import notes

        notes.correlate(api.get_current_span())


def _follow_tasks(recorder: Any) -> None:  # noqa: ANN401 - the SDK's own types
    if switches.parallel():
        with suppress(Exception):
            from shopfast_obs.runtime import xray_context

            xray_context.install(recorder)


def _install(context: Any) -> None:  # noqa: ANN401
    put = context.put_subsegment

    def annotated(subsegment: Any) -> None:  # noqa: ANN401
        with suppress(Exception):
            if correlation.request().execution is not None:  # whose handler runs in a thread of the SDK's
                adopt(correlation.request())
            _annotate(_open(context._local), subsegment)
        put(subsegment)
        with suppress(Exception):
            at_hand = correlation.request()
            if at_hand.segment is None:  # the handler's own subsegment is the first
                at_hand.segment = subsegment.parent_segment

    context.put_subsegment = annotated
    setattr(context, _MARK, True)


def adopt(begun: correlation.Request) -> None:
    """What this thread opens stands in the handler's subsegment, where it has none of its own."""
    context = _recorder().context
    if begun.segment is not None and not getattr(context._local, "entities", None):
        for own in [part for part in begun.segment.subsegments if part.in_progress][:1]:
            context.set_trace_entity(own)


@contextmanager
def subsegment(name: str, told: Mapping[str, Any]) -> Iterator[None]:
    """A subsegment in a traced request, with its `id` and annotations; an exception is told in it."""
    manager = None
    with suppress(Exception):
        # Of a request that is traced; the handler's own subsegment may have ended.
        if getattr(getattr(_recorder().context._local, "segment", None), "sampled", False):
            manager = _recorder().in_subsegment(re.sub(r"[^\w .:/%&#=+\\@-]", "_", name)[:LONGEST_NAME])
            opened = manager.__enter__()
            opened.id = told.get("id", opened.id)
            for key, value in told.items():
                if key != "id":
                    opened.put_annotation(key, value)
    try:
        yield
    finally:
        if manager is not None:
            with suppress(Exception):
                manager.__exit__(*sys.exc_info())


def execution_failed(kind: str, message: str) -> None:
    """The trace says that a durable execution has failed: its handler's answer to Lambda is one like any other."""
    with suppress(Exception), subsegment(FAILED, {}):
        raise type(kind, (Exception,), {})(message)


def _recorder() -> Any:  # noqa: ANN401
    return sys.modules["aws_xray_sdk.core"].xray_recorder


def _leave_last_request(context: Any) -> None:  # noqa: ANN401
    """The SDK takes a request of the same trace for the last one, as those of a workflow are, and hangs its subsegments
    below that one's parent."""
    local, header = context._local, os.environ.get(trace_header.VARIABLE)
    segment = getattr(local, "segment", None)
    if segment is not None and header and f"Parent={segment.id}" not in header:
        del local.segment


def _open(local: Any) -> Any:  # noqa: ANN401
    """What the SDK opens it in. Asking the SDK would read the trace header once more."""
    entities = getattr(local, "entities", None)
    return entities[-1] if entities else getattr(local, "segment", None)


def _annotate(parent: Any, subsegment: Any) -> None:  # noqa: ANN401
    """With the current id, unless what it is opened in says the same: once a request, or once a record of a batch."""
    execution = correlation.request().execution
    if execution is not None and EXECUTION not in getattr(parent, "annotations", {}):
        subsegment.put_annotation(EXECUTION, execution.arn)
    value = correlation.current_id()
    if value and getattr(parent, "annotations", {}).get(ATTRIBUTE) != value:
        subsegment.put_annotation(ATTRIBUTE, value)
