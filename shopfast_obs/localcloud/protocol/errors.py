"""Errors that the door gives before any service is asked, in the shape of the protocol that the client speaks."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from xml.sax.saxutils import escape

from shopfast_obs.localcloud.interface import ApiResponse
from shopfast_obs.localcloud.protocol import cbor
from shopfast_obs.localcloud.protocol.routing import Head
from shopfast_obs.localcloud.protocol.wire import CBOR, JSON, QUERY, REST, AwsError

S3, EC2 = "rest-xml", "ec2"
_XML = frozenset({"cloudfront", "route53"})  # rest-xml that writes its errors as the query protocol does


def protocol_of(head: Head) -> str:
    """The protocol that the client of this request reads."""
    content = head.headers.get("content-type", "")
    if "cbor" in content or head.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return CBOR
    if "x-amz-target" in head.headers or "x-amz-json" in content:
        return JSON
    if head.service in ("s3", "s3express", "s3-outposts"):
        return S3
    if head.service == "ec2":
        return EC2
    if head.service in _XML or "x-www-form-urlencoded" in content or "Action" in head.query:
        return QUERY
    return REST if head.service else S3  # the plainest request of all is one for an object


def response(head: Head, error: AwsError) -> ApiResponse:
    """The error as the request's client expects it."""
    protocol, request_id = protocol_of(head), str(uuid.uuid4())
    headers = {"x-amzn-RequestId": request_id, "x-amz-request-id": request_id}
    if protocol in (S3, EC2, QUERY):
        body = _xml(protocol, error, request_id)
        return ApiResponse(error.status, body.encode(), {**headers, "Content-Type": "application/xml"})
    if protocol == CBOR:
        packed = cbor.encode_texts({"__type": error.code, "message": error.message})
        return ApiResponse(error.status, packed, {**headers, **_CBOR})
    kind: Mapping[str, str] = {"x-amzn-ErrorType": error.code} if protocol == REST else {}
    content = "application/json" if protocol == REST else "application/x-amz-json-1.0"
    document = {"__type": error.code, "message": error.message}
    return ApiResponse(error.status, json.dumps(document).encode(), {**headers, **kind, "Content-Type": content})


_CBOR = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}


def _xml(protocol: str, error: AwsError, request_id: str) -> str:
    told = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if protocol == S3:
        return f"{head}<Error>{told}<RequestId>{request_id}</RequestId></Error>"
    if protocol == EC2:
        return f"{head}<Response><Errors><Error>{told}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    kind = "Sender" if error.status < 500 else "Receiver"
    inner = f"<Error><Type>{kind}</Type>{told}</Error><RequestId>{request_id}</RequestId>"
    return f"{head}<ErrorResponse>{inner}</ErrorResponse>"
