"""The correlation id in the trace: an annotation on what a request opens, by which X-Ray finds it."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

from shopfast_obs.runtime.correlation import ATTRIBUTE, current_id

_MARK = "_shopfast_obs_annotates"


def install() -> None:
    """Annotate the subsegments that the X-Ray SDK opens from now on; nothing is imported for it."""
    sdk = sys.modules.get("aws_xray_sdk.core")
    context = getattr(getattr(sdk, "xray_recorder", None), "context", None)
    if context is None or getattr(context, _MARK, False):
        return
    put = context.put_subsegment

    def annotated(subsegment: Any) -> None:  # noqa: ANN401 - the SDK's own type
        with suppress(Exception):
            _annotate(_open(context._local), subsegment)
        put(subsegment)

    context.put_subsegment = annotated
    setattr(context, _MARK, True)


def _open(local: Any) -> Any:  # noqa: ANN401
    """What the SDK opens it in. Asking the SDK would read the trace header once more."""
    entities = getattr(local, "entities", None)
    return entities[-1] if entities else getattr(local, "segment", None)


def _annotate(parent: Any, subsegment: Any) -> None:  # noqa: ANN401
    """With the current id, unless what it is opened in says the same: once a request, or once a record of a batch."""
    value = current_id()
    if value and getattr(parent, "annotations", {}).get(ATTRIBUTE) != value:
        subsegment.put_annotation(ATTRIBUTE, value)
