"""OTLP's requests and answers over HTTP, in protobuf or in its JSON."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from shopfast_obs.localcloud.interface import ApiResponse
from shopfast_obs.localcloud.protocol.wire import AwsError

if TYPE_CHECKING:
    from google.protobuf.message import Message

PROTOBUF, JSON = "application/x-protobuf", "application/json"
INVALID_ARGUMENT, UNAVAILABLE = 3, 14  # codes of google.rpc.Status
_IDS = frozenset(("traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id"))
_BYTES = (16, 8)
_DEPTH = 100
Request = TypeVar("Request", bound="Message")


def content_type(headers: Mapping[str, str]) -> str:
    """Protobuf or JSON, as the request says; raises AwsError for any other."""
    named = headers.get("content-type", "").partition(";")[0].strip().lower()
    if named not in (PROTOBUF, JSON):
        supported = f"The content type must be {PROTOBUF} or {JSON}."
        raise AwsError("UnsupportedMediaTypeException", supported, 415)
    return named


def decoded(body: bytes, content: str, request: Request) -> Request:
    """The request that a body holds, put into an empty one; raises AwsError for a body that is none."""
    from google.protobuf import json_format
    from google.protobuf.message import DecodeError

    try:
        if content == PROTOBUF:
            request.ParseFromString(body)
        else:
            json_format.ParseDict(_in_base64(orjson.loads(body or b"{}")), request, ignore_unknown_fields=True)
    except (DecodeError, json_format.ParseError, orjson.JSONDecodeError, ValueError, RecursionError) as problem:
        raise AwsError("InvalidRequestException", f"The body is no OTLP request: {problem}") from None
    return request


def encoded(answer: Message, content: str, status: int = 200) -> ApiResponse:
    """An answer in the form of its request."""
    from google.protobuf import json_format

    text = json_format.MessageToDict(answer)
    body = answer.SerializeToString() if content == PROTOBUF else orjson.dumps(text)
    return ApiResponse(status, body, {"Content-Type": content})


def refused(error: AwsError, content: str) -> ApiResponse:
    """An error as OTLP's clients expect it: a google.rpc.Status."""
    from google.rpc.status_pb2 import Status

    code = UNAVAILABLE if error.status >= 500 else INVALID_ARGUMENT
    answer = encoded(Status(code=code, message=error.message), content, error.status)
    return ApiResponse(error.status, answer.body, {**answer.headers, "x-amzn-ErrorType": error.code})


def _in_base64(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - what JSON may hold
    """The document with its ids in base64, as protobuf's JSON has bytes: OTLP's has these in hexadecimal digits."""
    if depth > _DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, list):
        return [_in_base64(entry, depth + 1) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _id(entry) if key in _IDS and isinstance(entry, str) else _in_base64(entry, depth + 1)
        for key, entry in value.items()
    }


def _id(text: str) -> str:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return text
    return base64.b64encode(raw).decode() if len(raw) in _BYTES or not raw else text
