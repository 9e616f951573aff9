"""Traces as spans: the way back from X-Ray's segments, by the attributes of OpenTelemetry's conventions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shopfast_obs.analysis.sensitive import Masker
from shopfast_obs.model.telemetry import Segment, Trace, TracedException
from shopfast_obs.report.otlp.values import Fields, attributes, lines, nanoseconds, span_id, trace_id

MOST_SPANS = 5_000  # of one request: a collector takes 20 MB
INTERNAL, SERVER, CLIENT = 1, 2, 3
ERROR = 2
ANNOTATIONS = "aws.xray.annotations"  # the attribute that lists those to index
# Under which names a segment keeps what a span had that became it.
OTHERS, RESOURCE, SPAN_NAME, SCOPE_NAME = "default", "otel.resource.", "otel.span.name", "otel.scope.name"
_PLATFORMS = {
    "AWS::Lambda": "aws_lambda",
    "AWS::Lambda::Function": "aws_lambda",
    "AWS::ECS::Container": "aws_ecs",
    "AWS::EC2::Instance": "aws_ec2",
    "AWS::EKS::Container": "aws_eks",
    "AWS::ElasticBeanstalk::Environment": "aws_elastic_beanstalk",
    "AWS::AppRunner::Service": "aws_app_runner",
}
_REQUEST = {
    "method": "http.request.method",
    "url": "url.full",
    "user_agent": "user_agent.original",
    "client_ip": "client.address",
}
_RESPONSE = {"status": "http.response.status_code", "content_length": "http.response.body.size"}
_AWS = {
    "operation": "rpc.method",
    "region": "cloud.region",
    "request_id": "aws.request_id",
    "retries": "aws.retry_attempts",
    "table_name": "aws.dynamodb.table_names",
    "table_names": "aws.dynamodb.table_names",
    "bucket_name": "aws.s3.bucket",
    "queue_url": "aws.sqs.queue.url",
    "topic_arn": "aws.sns.topic.arn",
    "function_name": "faas.invoked_name",
    "stream_name": "aws.kinesis.stream_name",
    "state_machine_arn": "aws.step_functions.state_machine.arn",
}


def span_lines(traces: Iterable[Trace]) -> Iterator[str]:
    """Requests of OTLP's trace service in JSON, secrets masked, each with a line feed."""
    masker = Masker()
    return lines((group for trace in traces for group in _groups(trace, masker)), "resourceSpans", MOST_SPANS)


def _groups(trace: Trace, masker: Masker) -> Iterator[tuple[int, Fields]]:
    """The spans of each segment, which are of one resource, and their number."""
    for segment in trace.segments:
        spans = list(_spans(segment, trace_id(segment.trace_id or trace.id), masker))
        scope = {"name": str(_kept(segment).get(SCOPE_NAME) or "")}
        yield (
            len(spans),
            {
                "resource": {"attributes": attributes(_resource(segment), masker)},
                "scopeSpans": [{"scope": scope, "spans": spans}],
            },
        )


def _spans(segment: Segment, trace: str, masker: Masker) -> Iterator[Fields]:
    """The span of a segment and those of its subsegments, parents first."""
    waiting = [(segment, segment.parent_id)]
    while waiting:
        part, parent = waiting.pop()
        yield _span(part, parent, trace, masker, entry=part is segment)
        waiting.extend((inner, part.id) for inner in reversed(part.subsegments))


def _span(part: Segment, parent: str, trace: str, masker: Masker, *, entry: bool) -> Fields:
    calls = bool(part.namespace)
    end = _end(part)
    events = [_event(exception, end, masker) for exception in part.exceptions]
    return {
        "traceId": trace,
        "spanId": span_id(part.id),
        **({"parentSpanId": span_id(parent)} if parent else {}),
        "name": masker.text(str(_kept(part).get(SPAN_NAME) or part.name)),
        "kind": CLIENT if calls else SERVER if entry else INTERNAL,
        "startTimeUnixNano": nanoseconds(part.start),
        "endTimeUnixNano": nanoseconds(end),
        "attributes": attributes(_attributes(part, calls=calls), masker),
        **({"events": events} if events else {}),
        **({"links": [{"traceId": trace_id(link)} for link in part.links]} if part.links else {}),
        "status": _status(part, masker),
    }


def _end(part: Segment) -> float:
    """The end; of a part that was still in progress the last moment that is known of it, as viewers need one."""
    if part.end is not None:
        return part.end
    known, waiting = part.start, list(part.subsegments)
    while waiting:
        inner = waiting.pop()
        known = max(known, inner.start if inner.end is None else inner.end)
        waiting += inner.subsegments
    return known


def _status(part: Segment, masker: Masker) -> Fields:
    if not (part.fault or part.error or part.throttle):
        return {}
    told = next((exception.message for exception in part.exceptions if exception.message), "")
    return {"code": ERROR, **({"message": masker.text(told)} if told else {})}


def _resource(segment: Segment) -> Mapping[str, Any]:
    """Who made the spans: the resource that they came with, else what the segment says."""
    kept = {key.removeprefix(RESOURCE): value for key, value in _kept(segment).items() if str(key).startswith(RESOURCE)}
    platform = _PLATFORMS.get(segment.origin, "")
    return {
        "service.name": segment.name,
        "cloud.provider": "aws" if segment.origin.startswith("AWS::") or segment.resource_arn else "",
        "cloud.platform": platform,
        "cloud.account.id": segment.aws.get("account_id"),
        "cloud.resource_id": segment.resource_arn,
        "faas.name": segment.name if platform == "aws_lambda" else "",
        **kept,
    }


def _attributes(part: Segment, *, calls: bool) -> Mapping[str, Any]:
    """The attributes that the span came with, else those that say what the segment does; annotations stay to index."""
    request, response = _mapping(part.http.get("request")), _mapping(part.http.get("response"))
    return {
        **{name: request.get(key) for key, name in _REQUEST.items()},
        **{name: response.get(key) for key, name in _RESPONSE.items()},
        **_of_aws(part, calls=calls),
        "peer.service": part.name if part.namespace == "remote" else "",
        "user.id": part.user,
        **_xray(part),
        **_metadata(part),
        **part.annotations,
        ANNOTATIONS: list(part.annotations),
    }


def _of_aws(part: Segment, *, calls: bool) -> Mapping[str, Any]:
    """What a call to AWS was about; of a segment the request that Lambda served."""
    if not calls:
        return {"faas.invocation_id": part.aws.get("request_id")}
    if part.namespace != "aws":
        return {}
    known = {_AWS[key]: value for key, value in part.aws.items() if key in _AWS}
    tables = known.get("aws.dynamodb.table_names")
    listed = {"aws.dynamodb.table_names": [tables]} if isinstance(tables, str) else {}
    others = {f"aws.{key}": value for key, value in part.aws.items() if key not in _AWS}
    return {"rpc.system": "aws-api", "rpc.service": part.name, **others, **known, **listed}


def _xray(part: Segment) -> Mapping[str, Any]:
    """What X-Ray knows and a span has no field for."""
    told = {
        "error": part.error and not part.fault,
        "throttle": part.throttle and not part.fault,
        "in_progress": part.end is None,
        "inferred": part.inferred,
    }
    return {f"aws.xray.{name}": True for name, is_so in told.items() if is_so}


def _metadata(part: Segment) -> Mapping[str, Any]:
    """Metadata: of a span that became the segment its attributes by their names, else by namespace and key."""
    kept = _kept(part)
    own = any(str(key).startswith("otel.") for key in kept)
    found: dict[str, Any] = {}
    for namespace, values in part.metadata.items():
        for key, value in _mapping(values).items():
            if namespace != OTHERS or not own:
                found[f"aws.xray.metadata.{namespace}.{key}"] = value
            elif not str(key).startswith((RESOURCE, SPAN_NAME, SCOPE_NAME)):
                found[str(key)] = value
    return found


def _event(exception: TracedException, moment: float, masker: Masker) -> Fields:
    told = {
        "exception.type": exception.type,
        "exception.message": exception.message,
        "exception.stacktrace": _stack(exception),
    }
    return {"timeUnixNano": nanoseconds(moment), "name": "exception", "attributes": attributes(told, masker)}


def _stack(exception: TracedException) -> str:
    """The stack as Python writes one: the outermost call first."""
    if not exception.stack:
        return ""
    frames = [f'  File "{path}", line {line}, in {label}' for path, line, label in reversed(exception.stack)]
    last = f"{exception.type}: {exception.message}" if exception.message else exception.type
    return "\n".join(("Traceback (most recent call last):", *frames, last)) + "\n"


def _kept(part: Segment) -> Mapping[str, Any]:
    return _mapping(part.metadata.get(OTHERS))


def _mapping(said: Any) -> Mapping[str, Any]:  # noqa: ANN401 - anything may stand in a document
    return said if isinstance(said, Mapping) else {}
