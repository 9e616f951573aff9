"""X-Ray documents of the usual kind, decoded by their types; any other is left to a reader with more patience."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct

_WRITTEN = {"start": "start_time", "end": "end_time", "precursors": "precursor_ids"}
Number = Annotated[float, Meta(gt=-1e18, lt=1e18)]
# Beyond 64 bits other readers and writers of JSON have no whole numbers.
Whole = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Flat = str | bool | Whole | float | None


class UsualDocument(Struct, gc=False, kw_only=True, rename=_WRITTEN):
    """A segment or subsegment as nearly all are written. From `id` to `user` in the order of the model's Segment; the
    rest is what the model has in another form."""

    id: str = ""
    name: str = ""
    start: Number
    end: Number | None = None
    trace_id: str = ""
    parent_id: str = ""
    origin: str = ""
    namespace: str = ""
    resource_arn: str = ""
    inferred: bool = False
    fault: bool = False
    error: bool = False
    throttle: bool = False
    annotations: dict[str, Flat] = {}
    metadata: Raw = Raw()
    http: dict[str, dict[str, Flat]] = {}
    aws: dict[str, Flat | list[Flat | dict[str, Flat]] | dict[str, Flat]] = {}
    user: str = ""
    in_progress: bool = False
    type: str = ""
    cause: Any = None
    links: list[dict[str, Any]] = []
    precursors: tuple[str, ...] = ()
    subsegments: list[UsualDocument] = []


_DECODER = msgspec.json.Decoder(UsualDocument)


def read(text: str) -> UsualDocument | None:
    """The document, or None when anything in it is not of the usual type, or it is no JSON at all."""
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
