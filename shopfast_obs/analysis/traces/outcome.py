"""How a part of a trace ended, what it was asked, and which resource it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit

from shopfast_obs.model.telemetry import Segment

Outcome = Literal["ok", "error", "throttle", "fault"]

_VERSION = re.compile(r"v\d+(\.\d+)*")
_QUOTED = re.compile(r"'([^']*)'")
_LONGEST = 100_000  # characters of a text with tables
_DIGIT = re.compile(r"\d")
# Where AWS's subsegments name the resource that was called.
_RESOURCE_KEYS = (
    *("table_name", "function_name", "topic_arn", "queue_url", "queue_name", "bucket_name", "stream_name"),
    *("secret_id", "destination"),
)


def outcome(segment: Segment) -> Outcome:
    """ok, error (4xx), throttle (429) or fault (5xx), from X-Ray's flags first, then from the HTTP status."""
    code = status(segment) if segment.http else 0
    if segment.fault or code >= 500:
        return "fault"
    if segment.throttle or code == 429:
        return "throttle"
    return "error" if segment.error or code >= 400 else "ok"


def status(segment: Segment) -> int:
    """The HTTP status of the answer, or 0."""
    response = segment.http.get("response")
    code = response.get("status") if isinstance(response, dict) else 0
    return code if isinstance(code, int) else 0


def answered(segment: Segment) -> int:
    """The bytes of the answer's body, or 0 where nobody says."""
    length = _part(segment.http, "response").get("content_length")
    return length if isinstance(length, int) else 0


def route(segment: Segment) -> str:
    """`GET /products/{id}` for a segment with an HTTP request, else empty; ids in the path are parameters."""
    request = _part(segment.http, "request")
    url = request.get("url")
    named = attribute(segment, "http.route")
    if isinstance(named, str) and named:
        asked, named = request.get("method"), parameterised(named)  # some libraries write the path that was asked for
        return f"{asked} {named}" if isinstance(asked, str) and asked else named
    if not isinstance(url, str) or not url:
        return ""
    path, method = path_of(url), request.get("method")
    return f"{method} {path}" if isinstance(method, str) and method else path


def entry_name(segment: Segment) -> str:
    """What a service is called that was asked something: the service of a segment, `service: span` of a span."""
    named = "" if segment.origin else attribute(segment, "otel.span.name")
    called = segment.subsegments[0] if named and len(segment.subsegments) == 1 else None
    asked = route(segment) or (route(called) if called else "") or named
    return f"{segment.name}: {asked}" if named and asked != segment.name else segment.name


def attribute(segment: Segment, name: str) -> Any:  # noqa: ANN401 - of any type
    """An attribute of the span that a segment was made of, which X-Ray keeps as annotation or as metadata."""
    if name in segment.annotations:
        return segment.annotations[name]
    kept = segment.metadata.get("default") if segment.metadata else None
    return kept.get(name) if isinstance(kept, dict) else None


@lru_cache(maxsize=4096)
def path_of(url: str) -> str:
    """The path of a URL with its ids as parameters."""
    try:
        return parameterised(urlsplit(url).path or "/")
    except ValueError:
        return "/"


def parameterised(path: str) -> str:
    """The path with `{id}` for every part that has a digit in it, but for versions such as `v1`."""
    return "/".join(
        "{id}" if _DIGIT.search(part) and not _VERSION.fullmatch(part) and part[0] not in "{:<" else part
        for part in path.split("/")
    )


def resource(segment: Segment) -> str:
    """The resource that an AWS call went to (table, bucket, queue, topic, function), else the segment's name."""
    aws = segment.aws
    if "table_names" in aws or "table_name" in aws:
        return next(iter(tables(aws)), segment.name)
    for key in _RESOURCE_KEYS:
        if key in aws and (value := aws[key]) and isinstance(value, str):
            return _short(value)
    return segment.name


def resources(segment: Segment) -> tuple[str, ...]:
    """All that one call went to: a batch reads several tables."""
    return tables(segment.aws) or (resource(segment),)


def tables(aws: Mapping[str, Any]) -> tuple[str, ...]:
    """The tables that a call to DynamoDB names, by their names. Of a batch the X-Ray SDK for Python writes them as the
    text of a Python object, `dict_keys(['orders', 'stock'])`."""
    named = aws.get("table_names") or aws.get("table_name")
    if isinstance(named, str):
        named = _QUOTED.findall(named[:_LONGEST]) if named.startswith("dict_keys(") else [named]
    found = (_table(name) for name in named if isinstance(name, str)) if isinstance(named, list) else ()
    return tuple(dict.fromkeys(name for name in found if name))


@lru_cache(maxsize=4096)
def _table(name: str) -> str:
    """A table's name, of its ARN or of that of its index, too."""
    return name.partition(":table/")[2].partition("/")[0] if name.startswith("arn:") else name


@lru_cache(maxsize=4096)
def _short(value: str) -> str:
    """What an ARN or a URL ends with."""
    return value.rpartition("/")[2].rpartition(":")[2]


def operation(segment: Segment) -> str:
    """The AWS operation of a call, or empty."""
    value = segment.aws.get("operation")
    return value if isinstance(value, str) else ""


def _part(http: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = http.get(key)
    return value if isinstance(value, dict) else {}
