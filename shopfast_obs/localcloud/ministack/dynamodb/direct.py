"""DynamoDB's data operations, answered without the way through MiniStack's router."""

from __future__ import annotations

import logging
import os
import zlib
from functools import cache

import orjson

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.ministack.dynamodb.encoding import CONTENT_TYPE, Answer
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.protocol.routing import Head

_LOG = logging.getLogger(__name__)
TARGET = "DynamoDB_20120810."
HANDLERS = {
    "GetItem": "_get_item",
    "PutItem": "_put_item",
    "UpdateItem": "_update_item",
    "DeleteItem": "_delete_item",
    "Query": "_query",
    "Scan": "_scan",
    "BatchGetItem": "_batch_get_item",
    "BatchWriteItem": "_batch_write_item",
    "TransactGetItems": "_transact_get_items",
    "TransactWriteItems": "_transact_write_items",
}
OWN_NAMES = ("127.0.0.1", "localhost")  # MiniStack finds other things behind other names
NOT_JSON = b'{"__type":"com.amazon.coral.service#SerializationException","message":"The request is not a JSON object."}'
FAILED = b'{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"The local cloud failed here."}'


def answers(head: Head) -> bool:
    """True for a request that is answered here: what browsers, packed bodies and other hosts need besides is
    MiniStack's."""
    headers = head.headers
    target = headers.get("x-amz-target", "")
    return (
        target.startswith(TARGET)
        and target[len(TARGET) :] in HANDLERS
        and (head.method, head.path, head.service) == ("POST", "/", "dynamodb")
        and headers.get("host", "").partition(":")[0] in OWN_NAMES
        and "origin" not in headers
        and "content-encoding" not in headers
    )


def answer(owner: Scope, operation: str, body: bytes) -> Answer:
    """The answer to one request, in an account and region."""
    request_scope, dynamodb = _ministack()
    with request_scope(owner.account, owner.region):
        status, headers, content = _handled(dynamodb, operation, body)
    headers["x-amzn-RequestId"] = os.urandom(26).hex().upper()  # as long as DynamoDB's
    headers["x-amz-crc32"] = str(zlib.crc32(content))
    return status, headers, content


@cache
def _ministack() -> tuple[Untyped, Untyped]:
    from ministack.core.responses import request_scope
    from ministack.services import dynamodb

    return request_scope, dynamodb


def _handled(dynamodb: Untyped, operation: str, body: bytes) -> Answer:
    try:
        data = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        return 400, {"Content-Type": CONTENT_TYPE}, NOT_JSON
    try:
        answered: Answer = getattr(dynamodb, HANDLERS[operation])(data)
    except Exception:
        _LOG.exception("%s failed", operation)
        return 500, {"Content-Type": CONTENT_TYPE}, FAILED
    return answered
