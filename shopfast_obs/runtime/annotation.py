"""The correlation id in the trace: an annotation on what a request opens, by which X-Ray finds it; and what is open of
it, for the last word before its deadline."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

from shopfast_obs.runtime import correlation, trace_header
from shopfast_obs.runtime.correlation import ATTRIBUTE

_MARK = "_shopfast_obs_annotates"


def begin() -> None:
    """Annotate the subsegments that the X-Ray SDK opens from now on, in the trace of this request; nothing is imported
    for it."""
    sdk = sys.modules.get("aws_xray_sdk.core")
    context = getattr(getattr(sdk, "xray_recorder", None), "context", None)
    if context is None:
        return
    _leave_last_request(context._local)
    if not getattr(context, _MARK, False):
        _install(context)


def _install(context: Any) -> None:  # noqa: ANN401 - the SDK's own types
    put = context.put_subsegment

    def annotated(subsegment: Any) -> None:  # noqa: ANN401
        with suppress(Exception):
            _annotate(_open(context._local), subsegment)
        put(subsegment)
        with suppress(Exception):
            at_hand = correlation.request()
            if not at_hand.entities:  # the handler's own subsegment is the first
                at_hand.entities = context._local.entities

    context.put_subsegment = annotated
    setattr(context, _MARK, True)


def _leave_last_request(local: Any) -> None:  # noqa: ANN401 - a thread's own
    """The SDK takes a request of the same trace for the last one, as those of a workflow are, and hangs its subsegments
    below that one's parent."""
    segment, header = getattr(local, "segment", None), os.environ.get(trace_header.VARIABLE)
    if segment is not None and header and f"Parent={segment.id}" not in header:
        del local.segment


def _open(local: Any) -> Any:  # noqa: ANN401
    """What the SDK opens it in. Asking the SDK would read the trace header once more."""
    entities = getattr(local, "entities", None)
    return entities[-1] if entities else getattr(local, "segment", None)


def _annotate(parent: Any, subsegment: Any) -> None:  # noqa: ANN401
    """With the current id, unless what it is opened in says the same: once a request, or once a record of a batch."""
    value = correlation.current_id()
    if value and getattr(parent, "annotations", {}).get(ATTRIBUTE) != value:
        subsegment.put_annotation(ATTRIBUTE, value)
