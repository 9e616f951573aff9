"""Log events in the wrapping in which subscriptions and invocations carry them: base64, mostly of gzip."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from shopfast_obs.parse.unpacking import GZIP, TooLargeError, unpacked

MOST = 64_000_000  # bytes that one payload may hold
_KEYS = ("data", "Data")


def lines(text: str) -> Iterator[Any]:
    """The documents of base64 of gzip, one a line."""
    for line in text.splitlines():
        yield from document(line.strip().strip('"'))


def within(value: Mapping[str, Any]) -> Iterator[Any]:
    """The documents that the event of a subscription's Lambda function or of a stream carries; nothing for any other
    value. The tail of an invocation (`aws lambda invoke --log-type Tail`) is a text."""
    logs = value.get("awslogs")
    if isinstance(logs, dict):
        yield from document(logs.get("data"))
    for one in value["Records"] if isinstance(value.get("Records"), list) else ():
        inner = one.get("kinesis", one) if isinstance(one, dict) else {}
        yield from document(next((inner[key] for key in _KEYS if isinstance(inner, dict) and key in inner), None))
    for one in value["records"] if isinstance(value.get("records"), list) else ():  # of a Firehose transformation
        yield from document(one.get("data") if isinstance(one, dict) else None)
    if isinstance(value.get("LogResult"), str):
        found = _decoded(value["LogResult"])
        yield from () if found is None else (found.decode("utf-8", "replace"),)


def document(text: Any) -> Iterator[Any]:  # noqa: ANN401 - anything may stand in a file
    """The documents of one payload; nothing when it is none."""
    packed = _decoded(text)
    if packed is None:
        return
    try:
        plain = unpacked(packed, MOST)[0] if packed.startswith(GZIP) else packed
        yield orjson.loads(plain)
    except (orjson.JSONDecodeError, zlib.error, TooLargeError):
        return


def _decoded(text: Any) -> bytes | None:  # noqa: ANN401
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        return None
