"""OTLP's JSON by the messages of its authors: protobuf's reader, with the ids as bytes, which OTLP writes in
hexadecimal and protobuf in base64."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any, TypeVar

from google.protobuf import json_format
from google.protobuf.message import Message

IDS = ("traceId", "spanId", "parentSpanId")
M = TypeVar("M", bound=Message)


def read(lines: Iterable[str], request: type[M]) -> M:
    """The requests of the lines as one; raises ParseError for a field or a value that OTLP has not."""
    whole = request()
    for line in lines:
        assert line.endswith("\n")
        whole.MergeFrom(json_format.ParseDict(_with_bytes(json.loads(line)), request()))
    return whole


def _with_bytes(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(item)).decode() if key in IDS else _with_bytes(item)
        for key, item in value.items()
    }
