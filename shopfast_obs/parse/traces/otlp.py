"""OpenTelemetry spans to X-Ray's segments: OTLP JSON as collectors write it, and the records of `aws/spans`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopfast_obs.model.telemetry import Segment, TracedException
from shopfast_obs.parse import numbers

_SERVER, _CLIENT = (2, 5, "SERVER", "CONSUMER"), (3, 4, "CLIENT", "PRODUCER")
_DIGITS = 20  # of 64 bits
_PLATFORMS = {
    "aws_lambda": "AWS::Lambda::Function",
    "aws_ecs": "AWS::ECS::Container",
    "aws_ec2": "AWS::EC2::Instance",
    "aws_eks": "AWS::EKS::Container",
}
# The first name that a span has wins: the older conventions come second.
_METHOD, _STATUS = ("http.request.method", "http.method"), ("http.response.status_code", "http.status_code")
_URL = ("url.full", "http.url", "url.path", "http.target")
_AWS = {
    "table_name": ("aws.dynamodb.table_names", "db.name"),
    "bucket_name": ("aws.s3.bucket",),
    "queue_url": ("aws.sqs.queue.url", "messaging.url"),
    "topic_arn": ("aws.sns.topic.arn",),
    "function_name": ("aws.lambda.function.name", "faas.invoked_name"),
    "request_id": ("faas.invocation_id", "faas.execution", "aws.request_id"),
}


def is_otlp(value: Mapping[str, Any]) -> bool:
    """True for an OTLP document or for one span of `aws/spans`."""
    return isinstance(value.get("resourceSpans"), list) or ("spanId" in value and "startTimeUnixNano" in value)


def segments(value: Mapping[str, Any], unread: list[str]) -> Iterator[Segment]:
    """A segment for every span; spans that cannot be read are named in `unread`."""
    if "spanId" in value:
        resource = value.get("resource")
        yield from _segment(value, resource if isinstance(resource, dict) else {}, unread)
        return
    for group in _dicts(value.get("resourceSpans")):
        resource = group.get("resource")
        scopes = group.get("scopeSpans", group.get("instrumentationLibrarySpans"))
        for scope in _dicts(scopes):
            for span in _dicts(scope.get("spans")):
                yield from _segment(span, resource if isinstance(resource, dict) else {}, unread)


def xray_id(trace_id: str) -> str:
    """X-Ray's form of a trace id of 32 hexadecimal digits; any other stays as it is."""
    return f"1-{trace_id[:8]}-{trace_id[8:]}".lower() if len(trace_id) == 32 else trace_id


def _segment(span: Mapping[str, Any], resource: Mapping[str, Any], unread: list[str]) -> Iterator[Segment]:
    start, end = _seconds(span.get("startTimeUnixNano")), _seconds(span.get("endTimeUnixNano"))
    if start is None:
        unread.append(str(span.get("name")))
        return
    own, about = _attributes(span.get("attributes")), _attributes(resource.get("attributes"))
    kind, service = span.get("kind"), str(about.get("service.name") or own.get("aws.local.service") or "")
    parent_id = str(span.get("parentSpanId") or "")
    serves, calls = kind in _SERVER or not parent_id, kind in _CLIENT and bool(parent_id)
    aws = own.get("rpc.system") == "aws-api"
    status = _status(span, own)
    yield Segment(
        str(span.get("spanId") or ""),
        (service if serves else str(own.get("rpc.service") or own.get("aws.remote.service") or "") if calls else "")
        or str(span.get("name") or ""),
        start,
        end,
        xray_id(str(span.get("traceId") or "")),
        parent_id,
        origin=_PLATFORMS.get(str(about.get("cloud.platform")), "") if serves else "",
        namespace=("aws" if aws else "remote") if calls else "",
        fault=status >= 500,
        error=400 <= status < 500,
        throttle=status == 429,
        annotations={key: value for key, value in own.items() if isinstance(value, str | int | float)},
        http=_http(own),
        aws=_aws(own),
        exceptions=_exceptions(span.get("events")),
        links=tuple(xray_id(str(link.get("traceId"))) for link in _dicts(span.get("links"))),
    )


def _status(span: Mapping[str, Any], own: Mapping[str, Any]) -> int:
    """The HTTP status, or 500 for an error that has none."""
    code = numbers.whole(_first(own, _STATUS))
    if code is not None and code >= 400:
        return code
    said = span.get("status")
    failed = isinstance(said, dict) and said.get("code") in (2, "ERROR", "STATUS_CODE_ERROR")
    return 500 if failed else 0


def _http(own: Mapping[str, Any]) -> Mapping[str, Any]:
    method, url, status = _first(own, _METHOD), _first(own, _URL), numbers.whole(_first(own, _STATUS))
    request = {key: value for key, value in (("method", method), ("url", url)) if value}
    response = {} if status is None else {"status": status}
    return {key: part for key, part in (("request", request), ("response", response)) if part}


def _aws(own: Mapping[str, Any]) -> Mapping[str, Any]:
    found = {key: _first(own, names) for key, names in _AWS.items()}
    found["operation"] = own.get("rpc.method") if own.get("rpc.system") == "aws-api" else None
    return {key: value[0] if isinstance(value, list) and value else value for key, value in found.items() if value}


def _exceptions(events: Any) -> tuple[TracedException, ...]:  # noqa: ANN401 - anything may stand in a file
    found = [_attributes(event.get("attributes")) for event in _dicts(events) if event.get("name") == "exception"]
    return tuple(
        TracedException(str(a.get("exception.type") or ""), str(a.get("exception.message") or "")) for a in found
    )


def _attributes(value: Any) -> Mapping[str, Any]:  # noqa: ANN401
    """Attributes as a mapping, whether they came as one or as OTLP's list of typed values."""
    if isinstance(value, dict):
        return value
    return {str(entry.get("key")): _plain(entry.get("value")) for entry in _dicts(value)}


def _plain(value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("arrayValue"), dict):
        return [_plain(entry) for entry in _dicts(value["arrayValue"].get("values"))]
    if "intValue" in value:
        return numbers.whole(value["intValue"])
    return next((value[key] for key in ("stringValue", "boolValue", "doubleValue") if key in value), None)


def _first(own: Mapping[str, Any], names: tuple[str, ...]) -> Any:  # noqa: ANN401
    return next((own[name] for name in names if own.get(name) not in (None, "")), None)


def _seconds(value: Any) -> float | None:  # noqa: ANN401
    number = _nanoseconds(value)
    return None if number is None or number <= 0 else number / 1e9


def _nanoseconds(value: Any) -> float | None:  # noqa: ANN401
    """JSON cannot hold 64 bits: OTLP writes numbers as strings; these are larger than any other number."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _DIGITS:
        return float(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else numbers.number(value)


def _dicts(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
