"""DynamoDB's JSON: the stored items of an answer are put in as they were encoded before."""

from __future__ import annotations

import json

import orjson

from shopfast_obs.localcloud.ministack.untyped import Untyped

CONTENT_TYPE = "application/x-amz-json-1.0"
Answer = tuple[int, dict[str, str], bytes]


def plain(value: Untyped) -> bytes:
    """The JSON of a value that holds no stored items."""
    try:
        return orjson.dumps(value)
    except TypeError:  # a number that only Python knows, half a surrogate pair
        return json.dumps(value).encode()


def whole(value: Untyped) -> bytes:
    """The JSON of an answer, its stored items in the form that is kept."""
    try:
        return orjson.dumps(value, _kept, orjson.OPT_PASSTHROUGH_SUBCLASS)
    except TypeError:
        return json.dumps(value).encode()


def answer(data: Untyped, status: int = 200, *, content_type: str = CONTENT_TYPE) -> Answer:
    """The answer of an operation, in the form of MiniStack's handlers."""
    return status, {"Content-Type": content_type}, whole(data)


def _kept(value: Untyped) -> Untyped:
    encoded = getattr(value, "json", None)
    if isinstance(encoded, bytes):
        return orjson.Fragment(encoded)
    if isinstance(value, dict):
        return dict(value)
    raise TypeError
