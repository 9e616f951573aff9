"""X-Ray's segments as the spans that Transaction Search keeps in the log group aws/spans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shopfast_obs.localcloud.xray.assembly import Document
from shopfast_obs.parse.traces.span_segments import PLATFORMS

Record = dict[str, Any]
_PLATFORM = {origin: platform for platform, origin in PLATFORMS.items()}
_NUMBER = (int, float)
_SCOPE = {"name": "aws.xray"}
_NONE: Record = {}
_TABLES = "aws.dynamodb.table_names"
# How the conventions of OpenTelemetry call what X-Ray's SDKs say of a call to AWS.
_AWS = {
    "table_name": _TABLES,
    "table_names": _TABLES,
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
    trace_id = _trace_id(segment.get("trace_id", ""))
    name = str(segment.get("name", ""))
    resource, whole = {"attributes": _resource(segment, name)}, True
    stack = [(segment, str(segment.get("parent_id") or ""))]
    while stack:
        part, parent = stack.pop()
        own_id = str(part.get("id", ""))
        stack += [(child, own_id) for child in reversed(part.get("subsegments") or ())]
        start, end = part.get("start_time"), part.get("end_time")
        if isinstance(start, _NUMBER) and isinstance(end, _NUMBER):
            at = int(end * 1e9)
            yield {
                "resource": resource,
                "scope": _SCOPE,
                "traceId": trace_id,
                "spanId": own_id.lower(),
                "parentSpanId": parent.lower(),
                "name": str(part.get("name", "")),
                "kind": _kind(part, whole),
                "startTimeUnixNano": int(start * 1e9),
                "endTimeUnixNano": at,
                "durationNano": max(0, int((end - start) * 1e9)),
                "attributes": _attributes(part, name, whole),
                "status": {"code": "ERROR" if part.get("fault") or part.get("error") else "UNSET"},
                "events": list(_events(part, at)) if "cause" in part else [],
                "links": list(_links(part)) if "links" in part else [],
            }
        whole = False


def _trace_id(value: object) -> str:
    return str(value)[2:].replace("-", "").lower()


def _links(part: Document) -> Iterator[Record]:
    for link in part.get("links") or ():
        if isinstance(link, dict):
            yield {"traceId": str(link.get("trace_id", ""))[2:].replace("-", ""), "spanId": link.get("id")}


def _kind(part: Document, whole: bool) -> str:
    if whole and part.get("type") != "subsegment":
        return "SERVER"
    return "CLIENT" if part.get("namespace") in ("aws", "remote") else "INTERNAL"


def _resource(segment: Document, name: str) -> Record:
    origin = str(segment.get("origin") or "")
    found: Record = {"service.name": name, "cloud.provider": "aws" if origin else None}
    found |= {"cloud.platform": _PLATFORM.get(origin), "cloud.resource_id": segment.get("resource_arn")}
    return {key: value for key, value in found.items() if value}


def _attributes(part: Document, service: str, whole: bool) -> Record:
    """Built in place, because there are thousands a second: what is not there is not looked at."""
    own: Record = {"aws.local.service": service}
    if (origin := part.get("origin")) is not None:
        own["aws.xray.origin"] = origin
        if whole:
            own["PlatformType"] = origin
    aws, namespace = part.get("aws"), part.get("namespace")
    aws = aws if isinstance(aws, dict) else _NONE
    if namespace == "aws":
        own["rpc.system"], own["rpc.service"] = "aws-api", part.get("name")
        if (operation := aws.get("operation")) is not None:
            own["rpc.method"] = operation
    elif namespace == "remote":
        own["aws.remote.service"] = part.get("name")
    for key, value in aws.items():
        if value is not None and (name := _AWS.get(key)) is not None:
            own[name] = [value] if name == _TABLES and isinstance(value, str) else value
    if isinstance(http := part.get("http"), dict):
        own |= _http(http)
    if isinstance(annotations := part.get("annotations"), dict) and annotations:
        own |= {key: value for key, value in annotations.items() if value is not None}
        own["aws.xray.annotations"] = list(annotations)
    return own


def _http(http: Document) -> Record:
    request, response = http.get("request"), http.get("response")
    asked = request if isinstance(request, dict) else _NONE
    answered = response if isinstance(response, dict) else _NONE
    found = {
        "http.request.method": asked.get("method"),
        "url.full": asked.get("url"),
        "http.response.status_code": answered.get("status"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _events(part: Document, at: int) -> Iterator[Record]:
    cause = part.get("cause")
    listed = cause.get("exceptions") if isinstance(cause, dict) else None
    for raised in listed if isinstance(listed, list) else ():
        if isinstance(raised, dict):
            own = {"exception.type": raised.get("type"), "exception.message": raised.get("message")}
            yield {"name": "exception", "timeUnixNano": at, "attributes": own}
