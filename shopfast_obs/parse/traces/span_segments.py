"""OpenTelemetry spans to X-Ray's segment documents, by X-Ray's rules: what is a segment, what it is called, how it
ended, which attributes are annotations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from shopfast_obs.parse import numbers
from shopfast_obs.parse.traces import stack_traces
from shopfast_obs.parse.traces.spans import Span

Document = dict[str, Any]
FUNCTION = "AWS::Lambda::Function"
ANNOTATIONS = "aws.xray.annotations"  # the attribute that lists the attributes to index
EXPORTED = "aws.xray."  # of attributes that `--format otlp` writes for what a span has no field for
SPAN_NAME = "otel.span.name"  # the metadata that has the name of a span whose segment has the service's
PREFIXES = ("AWS.SDK.", "AWS::")
_NOT_IN_NAMES = re.compile(r"[^\w\s.:/%&#=+\\\-@]")
_NOT_IN_KEYS = re.compile(r"[^0-9A-Za-z_.]")
_LONGEST_NAME = 200
PLATFORMS = {
    "aws_lambda": FUNCTION,
    "aws_ecs": "AWS::ECS::Container",
    "aws_ec2": "AWS::EC2::Instance",
    "aws_eks": "AWS::EKS::Container",
    "aws_elastic_beanstalk": "AWS::ElasticBeanstalk::Environment",
    "aws_app_runner": "AWS::AppRunner::Service",
}
METHOD, STATUS = ("http.request.method", "http.method"), ("http.response.status_code", "http.status_code")
HOST = ("server.address", "http.host", "net.peer.name", "network.peer.address", "net.peer.ip", "net.sock.peer.name")
DATABASE, DATABASE_NAME = ("db.system.name", "db.system"), ("db.namespace", "db.name")
DESTINATION = ("messaging.destination.name", "messaging.destination", "messaging.destination_publish.name")
# What a call to AWS was about, as the X-Ray SDKs name it.
_AWS = {
    "region": ("cloud.region", "aws.region"),
    "request_id": ("aws.request_id", "aws.requestId", "faas.invocation_id", "faas.execution"),
    "account_id": ("cloud.account.id", "aws.account.id"),
    "retries": ("retry_attempts", "aws.retry_attempts"),
    "table_name": ("aws.dynamodb.table_names", "aws.table.name", "aws.table_name"),
    "bucket_name": ("aws.s3.bucket", "aws.bucket.name"),
    "queue_url": ("aws.sqs.queue.url", "messaging.url", "aws.queue.url", "aws.queue_url"),
    "topic_arn": ("aws.sns.topic.arn", "aws.topic.arn"),
    "function_name": ("aws.lambda.function.name", "faas.invoked_name", "aws.lambda.function_name"),
    "stream_name": ("aws.kinesis.stream_name", "aws.kinesis.stream.name", "aws.stream.name"),
    "state_machine_arn": ("aws.step_functions.state_machine.arn", "aws.stepfunctions.state_machine.arn"),
}


def xray_id(trace_id: str) -> str:
    """X-Ray's form of a trace id of 32 hexadecimal digits; any other stays as it is."""
    return f"1-{trace_id[:8]}-{trace_id[8:]}".lower() if len(trace_id) == 32 else trace_id


def serves(span: Span) -> bool:
    """True for the entry of a service, which is a segment; other spans are subsegments."""
    return span.kind in ("SERVER", "CONSUMER") or not span.parent_id or span.first("aws.span.kind") == "LOCAL_ROOT"


def calls(span: Span) -> bool:
    """True for a call of somebody else."""
    return span.kind in ("CLIENT", "PRODUCER")


def as_handler(document: Document, name: str) -> Document:
    """The handler's span as a subsegment of the function's segment."""
    kept = {key: value for key, value in document.items() if key not in ("origin", "resource_arn")}
    return {**kept, "name": _name(name), "type": "subsegment"}


def document(span: Span) -> Document:
    """The segment document of a span. A call that nothing in its service holds is the one subsegment of a segment."""
    found = _document(span)
    if not serves(span):
        return {**found, "type": "subsegment"}
    if not calls(span):
        return found
    entry: Document = {key: found[key] for key in ("trace_id", "start_time", "end_time", "in_progress") if key in found}
    flags: Document = {key: True for key in ("fault", "error", "throttle") if key in found}
    parent = {"parent_id": span.parent_id} if span.parent_id else {}
    call = {key: value for key, value in found.items() if key not in ("trace_id", "parent_id", "origin")}
    named: Document = {"id": _derived(span.id, "entry"), "name": _name(service(span) or span.name)}
    named |= {"metadata": {"default": {SPAN_NAME: span.name}}}
    return {**named, **entry, **parent, **flags, **_origin(span), "subsegments": [call]}


def _document(span: Span) -> Document:
    """What a segment and a subsegment have in common."""
    status = numbers.whole(span.first(*STATUS))
    entry = serves(span) and not calls(span)
    found: Document = {
        "id": span.id,
        "trace_id": xray_id(span.trace_id),
        "name": _name((service(span) if entry else peer(span)) or span.name),
        "start_time": span.start,
        "parent_id": span.parent_id,
        "namespace": "" if not calls(span) else "aws" if is_aws(span) else "remote",
        "user": span.text("enduser.id", "user.id"),
        "links": [{"trace_id": xray_id(trace), "id": part} for trace, part in span.links],
        "http": _http(span, status),
        "aws": _aws(span, entry),
        "sql": _sql(span),
        **_flags(span, status),
        **(_origin(span) if entry else {}),
    }
    ended = span.end is not None and not span.first(f"{EXPORTED}in_progress")
    found |= {"end_time": span.end} if ended else {"in_progress": True}
    exceptions = list(_exceptions(span))
    found |= {"cause": {"exceptions": exceptions}} if exceptions else {}
    found |= _attributes(span, entry)
    return {key: value for key, value in found.items() if value not in ("", {}, [])}


def service(span: Span) -> str:
    """The name of the service that made the span."""
    about = span.resource
    named = str(about.get("service.name") or "")
    if not named or named.startswith("unknown_service"):  # what SDKs write that were told none
        named = str(about.get("faas.name") or named)
    return span.text("aws.local.service") or named


def peer(span: Span) -> str:
    """Who was called, empty for a span that calls nobody."""
    if not calls(span):
        return ""
    remote = span.text("aws.remote.service")
    if remote and is_aws(span):
        return next((remote.removeprefix(prefix) for prefix in PREFIXES if remote.startswith(prefix)), remote)
    named = remote or span.text("peer.service", "service.peer.name")
    if named or is_aws(span):
        return named or aws_call(span)[0]
    return _database(span) or span.text(*DESTINATION) or span.text("rpc.service") or host(span)


def is_aws(span: Span) -> bool:
    """True for a call by an SDK of AWS."""
    return span.text("rpc.system.name", "rpc.system") == "aws-api" or "aws.service" in span.attributes


def aws_call(span: Span) -> tuple[str, str]:
    """The service and the operation of a call to AWS: two attributes in the old conventions, one in the stable ones."""
    service, _, method = span.text("rpc.method", "aws.operation").rpartition("/")
    named = span.text("rpc.service", "aws.service") or service or span.name.partition(".")[0]
    return named.removeprefix("AWS.").removeprefix("com.amazonaws."), method


def host(span: Span) -> str:
    """The host that was called."""
    named = span.text(*HOST)
    if named:
        return named.rpartition(":")[0] if named.count(":") == 1 else named
    address = span.text("url.full", "http.url")
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def _database(span: Span) -> str:
    """The database as X-Ray calls it: its name at its host."""
    name, system = span.text(*DATABASE_NAME), span.text(*DATABASE)
    if not (name or system):
        return ""
    where = host(span) or _host_of(span.text("db.connection_string"))
    return "@".join(filter(None, (name or system, where)))


def _host_of(address: str) -> str:
    try:
        return urlsplit(address.removeprefix("jdbc:")).hostname or ""
    except ValueError:
        return ""


def _name(text: str) -> str:
    return _NOT_IN_NAMES.sub("", text)[:_LONGEST_NAME] or "span"


def _origin(span: Span) -> Document:
    found = PLATFORMS.get(str(span.resource.get("cloud.platform") or "").replace(".", "_"))
    arn = span.text("faas.id", "cloud.resource_id", "aws.lambda.invoked_arn")
    return {"origin": found, **({"resource_arn": arn} if arn.startswith("arn:") else {})} if found else {}


def _flags(span: Span, status: int | None) -> Document:
    """X-Ray's rule: the answer's status says how it ended, and the span's own where there is none. A span that was
    exported from a segment tells an error of the caller from a fault."""
    if status is not None and 400 <= status < 600:
        return {"fault": True} if status >= 500 else {"error": True, **({"throttle": True} if status == 429 else {})}
    told = {name: True for name in ("error", "throttle") if span.first(f"{EXPORTED}{name}") is True}
    return told or {"fault": True} if span.status == "ERROR" else {}


def _http(span: Span, status: int | None) -> Document:
    request = {
        "method": span.text(*METHOD),
        "url": _url(span),
        "user_agent": span.text("user_agent.original", "http.user_agent"),
        "client_ip": span.text("client.address", "http.client_ip", "net.sock.peer.addr") if serves(span) else "",
    }
    size = numbers.whole(span.first("http.response.body.size", "http.response_content_length"))
    response = {"status": status, "content_length": size}
    parts = {
        "request": {key: value for key, value in request.items() if value},
        "response": {key: value for key, value in response.items() if value is not None},
    }
    return {key: part for key, part in parts.items() if part}


def _url(span: Span) -> str:
    """The address that was asked for; put together from its parts where the span has those only."""
    whole = span.text("url.full", "http.url")
    path = span.text("url.path", "http.target")
    if whole or not path:  # OpenTracing's libraries wrote host and port alone
        return whole if "//" in whole or whole[:1] in ("", "/") else f"http://{whole}"
    named = span.text("http.host") or span.text("server.address", "http.server_name", "net.host.name")
    scheme = span.text("url.scheme", "http.scheme") or "http"
    query = span.text("url.query")
    return f"{scheme}://{named}{path}{'?' + query if query else ''}" if named else path


def _aws(span: Span, entry: bool) -> Document:
    found = {key: span.first(*names) for key, names in _AWS.items()}
    if not is_aws(span):  # Kafka's client has a messaging.url, too
        kept = ("request_id", "queue_url") if "sqs" in span.text("messaging.system") else ("request_id",)
        found = {key: found[key] for key in kept}
    else:
        found["operation"] = aws_call(span)[1]
        system, destination = span.text("messaging.system"), span.text(*DESTINATION)
        if destination and not (found["queue_url"] or found["topic_arn"]):
            found["topic_arn" if "sns" in system else "queue_name" if "sqs" in system else "destination"] = destination
        if not found["table_name"] and span.text(*DATABASE) == "dynamodb":
            found["table_name"] = span.first("db.collection.name", *DATABASE_NAME)
    if entry and span.resource.get("faas.name"):
        found["function_arn"] = span.first("faas.id", "cloud.resource_id", "aws.lambda.invoked_arn")
    tables = found.pop("table_name", None)
    named = [str(name) for name in tables] if isinstance(tables, list) else [str(tables)] if tables else []
    found |= {"table_name": named[0]} if len(named) == 1 else {"table_names": named} if named else {}
    return {
        key: value[0] if isinstance(value, list) and key != "table_names" else value
        for key, value in found.items()
        if value
    }


def _sql(span: Span) -> Document:
    system = span.text(*DATABASE)
    if not system or system == "dynamodb":
        return {}
    query = span.text("db.query.text", "db.statement")
    user, url = span.text("db.user"), span.text("db.connection_string")
    found = {"database_type": system, "sanitized_query": query, "user": user, "url": url}
    return {key: value for key, value in found.items() if value}


def _exceptions(span: Span) -> Iterator[Document]:
    """The exception events; the status's message where there is none."""
    remote = calls(span)
    number = 0
    for event in span.events:
        if event.name != "exception":
            continue
        number += 1
        own = event.attributes
        stack = stack_traces.frames(str(own.get("exception.stacktrace") or ""))
        yield {
            "id": _derived(span.id, f"exception {number}"),
            "type": str(own.get("exception.type") or ""),
            "message": str(own.get("exception.message") or ""),
            "remote": remote,
            "stack": [{"path": path, "line": line, "label": label} for path, line, label in stack],
        }
    if not number and span.status == "ERROR" and span.message:
        kind = span.text("error.type")
        yield {
            "id": _derived(span.id, "status"),
            "type": kind if not kind.isdecimal() else "",
            "message": span.message,
            "remote": remote,
        }


def _attributes(span: Span, entry: bool) -> Document:
    """Annotations are the attributes that the span names; all others, and the resource's on a segment, are metadata."""
    listed = span.attributes.get(ANNOTATIONS)
    indexed = {str(name) for name in listed} if isinstance(listed, list) else set()
    annotations: Document = {}
    kept: Document = {f"otel.resource.{key}": value for key, value in span.resource.items()} if entry else {}
    for key, value in span.attributes.items():
        if key in indexed and isinstance(value, str | int | float):
            annotations[_NOT_IN_KEYS.sub("_", key)] = value
        elif key != ANNOTATIONS:
            kept[key] = value
    kept |= {SPAN_NAME: span.name} if entry else {}
    kept |= {"otel.scope.name": span.scope} if span.scope else {}
    return {"annotations": annotations, "metadata": {"default": kept} if kept else {}}


def _derived(span_id: str, what: str) -> str:
    return hashlib.blake2b(f"{span_id}/{what}".encode(), digest_size=8).hexdigest()
