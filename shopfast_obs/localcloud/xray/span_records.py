"""X-Ray's segments as the spans that Transaction Search keeps in the log group aws/spans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shopfast_obs.localcloud.xray.assembly import Document, walk
from shopfast_obs.parse.traces.span_segments import PLATFORMS

Record = dict[str, Any]
_PLATFORM = {origin: platform for platform, origin in PLATFORMS.items()}
# How the conventions of OpenTelemetry call what X-Ray's SDKs say of a call to AWS.
_AWS = {
    "table_name": "aws.dynamodb.table_names",
    "table_names": "aws.dynamodb.table_names",
    "bucket_name": "aws.s3.bucket",
    "queue_url": "aws.sqs.queue.url",
    "topic_arn": "aws.sns.topic.arn",
    "function_name": "aws.lambda.function.name",
    "request_id": "aws.request_id",
    "region": "cloud.region",
    "retries": "retry_attempts",
}


def records(segment: Document) -> Iterator[Record]:
    """The segment and each of its subsegments that has ended, as a span each."""
    trace_id = str(segment.get("trace_id", ""))[2:].replace("-", "").lower()
    parents = {
        str(child.get("id")): str(part.get("id")) for part in walk(segment) for child in part.get("subsegments") or ()
    }
    resource = _resource(segment)
    for part in walk(segment):
        start, end = part.get("start_time"), part.get("end_time")
        if not (isinstance(start, int | float) and isinstance(end, int | float)):
            continue
        parent = parents.get(str(part.get("id"))) or str(part.get("parent_id") or "")
        yield {
            "resource": {"attributes": resource},
            "scope": {"name": "aws.xray"},
            "traceId": trace_id,
            "spanId": str(part.get("id", "")).lower(),
            "parentSpanId": parent.lower(),
            "name": str(part.get("name", "")),
            "kind": _kind(part, part is segment),
            "startTimeUnixNano": int(start * 1e9),
            "endTimeUnixNano": int(end * 1e9),
            "durationNano": max(0, int((end - start) * 1e9)),
            "attributes": _attributes(part, segment),
            "status": {"code": "ERROR" if part.get("fault") or part.get("error") else "UNSET"},
            "events": list(_events(part, int(end * 1e9))),
            "links": [
                {"traceId": str(link.get("trace_id", ""))[2:].replace("-", ""), "spanId": link.get("id")}
                for link in part.get("links") or ()
                if isinstance(link, dict)
            ],
        }


def _kind(part: Document, whole: bool) -> str:
    if whole and part.get("type") != "subsegment":
        return "SERVER"
    return "CLIENT" if part.get("namespace") in ("aws", "remote") else "INTERNAL"


def _resource(segment: Document) -> Record:
    origin, arn = str(segment.get("origin") or ""), segment.get("resource_arn")
    found: Record = {"service.name": str(segment.get("name", "")), "cloud.provider": "aws" if origin else None}
    found |= {"cloud.platform": _PLATFORM.get(origin), "cloud.resource_id": arn}
    return {key: value for key, value in found.items() if value}


def _attributes(part: Document, segment: Document) -> Record:
    own: Record = {"aws.local.service": segment.get("name"), "aws.xray.origin": part.get("origin")}
    own |= {"PlatformType": part.get("origin")} if part is segment else {}
    aws = part.get("aws") if isinstance(part.get("aws"), dict) else {}
    assert isinstance(aws, dict)
    if part.get("namespace") == "aws":
        own |= {"rpc.system": "aws-api", "rpc.service": part.get("name"), "rpc.method": aws.get("operation")}
    elif part.get("namespace") == "remote":
        own["aws.remote.service"] = part.get("name")
    own |= {name: aws.get(key) for key, name in _AWS.items() if aws.get(key) is not None}
    table = own.get("aws.dynamodb.table_names")
    own |= {"aws.dynamodb.table_names": [table]} if isinstance(table, str) else {}
    own |= _http(part)
    annotations = part.get("annotations") if isinstance(part.get("annotations"), dict) else {}
    assert isinstance(annotations, dict)
    own |= annotations
    own |= {"aws.xray.annotations": list(annotations)} if annotations else {}
    return {key: value for key, value in own.items() if value is not None}


def _http(part: Document) -> Record:
    http = part.get("http") if isinstance(part.get("http"), dict) else {}
    assert isinstance(http, dict)
    request, response = http.get("request"), http.get("response")
    asked = request if isinstance(request, dict) else {}
    answered = response if isinstance(response, dict) else {}
    return {
        "http.request.method": asked.get("method"),
        "url.full": asked.get("url"),
        "http.response.status_code": answered.get("status"),
    }


def _events(part: Document, at: int) -> Iterator[Record]:
    cause = part.get("cause")
    listed = cause.get("exceptions") if isinstance(cause, dict) else None
    for raised in listed if isinstance(listed, list) else ():
        if isinstance(raised, dict):
            own = {"exception.type": raised.get("type"), "exception.message": raised.get("message")}
            yield {"name": "exception", "timeUnixNano": at, "attributes": own}
