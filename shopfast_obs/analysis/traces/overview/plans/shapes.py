"""The shape of a trace: all that an overview looks at but for times, ids, and the values of annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple, cast

from shopfast_obs.analysis.traces.durable_executions import EXECUTION
from shopfast_obs.analysis.traces.outcome import path_of
from shopfast_obs.analysis.traces.overview.call_patterns import LARGE
from shopfast_obs.analysis.traces.overview.plans.recorded_numbers import Recorder
from shopfast_obs.analysis.traces.overview.plans.unknown import Flag, Id, Known, Text, Unknown, UnplannableError
from shopfast_obs.model.telemetry import Segment, Trace, TracedException

MOST = 300  # parts of a trace with a plan: larger ones are rarely alike
# What is asked of `aws`, of annotations and of metadata; a trace that is recorded has nothing else in them.
_AWS = (
    *("operation", "table_name", "table_names", "function_name", "topic_arn", "queue_url", "queue_name"),
    *("bucket_name", "stream_name", "secret_id", "destination", "retries", "function_version", "function_arn"),
)
_ATTRIBUTES = (
    *("http.route", "otel.span.name", "span.kind", "messaging.system", "faas.coldstart", "sdk_retries"),
    *("otel.resource.faas.max_memory", "faas.max_memory"),
)
_MISSING = object()
_ABSENT = repeat(_MISSING)
_NO_PARENT, _UNKNOWN_PARENT = -1, -2
_NOBODY = (None,) * (2 * len(_ATTRIBUTES))


class Shape(NamedTuple):
    """What traces of one shape have in common (`key`), and what they have of their own."""

    key: tuple[Any, ...]
    numbers: list[float]
    nodes: list[Segment]
    parents: tuple[int, ...]
    varied: bool  # some part has annotations


def shape(trace: Trace) -> Shape | None:
    """The shape; None for a trace that is large, empty, damaged, or of which more than the usual is asked."""
    nodes = list(trace.segments)
    tops = len(nodes)
    if not nodes or trace.problems or not trace.id:
        return None
    ids: dict[str, int] = {}
    numbers: list[float] = []
    key: list[Any] = [tops, trace.limit_exceeded, trace.duration is None]
    varied = False
    for node in nodes:
        (
            id_, name, start, end, _, _, origin, namespace, arn, inferred, fault, error, throttle, annotations,
            metadata, http, aws, user, exceptions, cause, _, precursors, inner, entry,
        ) = node  # fmt: skip
        if inner:
            nodes += inner
            if len(nodes) > MOST:
                return None
        ids[id_] = len(ids)
        numbers.append(start)
        numbers.append(start if end is None else end)
        if precursors:
            return None
        key += (name, origin, namespace, arn, inferred, fault, error, throttle, user, entry, len(inner), end is None)
        # Which of these a part has, so that what one has cannot stand for what another has.
        key.append(bool(http) + 2 * bool(aws) + 4 * bool(annotations) + 8 * bool(metadata) + 16 * len(exceptions))
        if http:
            key += _asked(http)
        if aws:
            found = tuple(map(aws.get, _AWS, _ABSENT))
            key += found
            key += map(type, found)  # 1 is not True
            key.append(_has_request(aws))
        if annotations:
            if EXECUTION in annotations:
                return None
            varied = True
            key += _told(annotations)
        if metadata:
            inside = metadata.get("default")
            key += _told(inside) if isinstance(inside, dict) else _NOBODY
        key.append(bool(cause))
        if exceptions:
            key += ((one.type, one.message, one.stack) for one in exceptions)
    if len(ids) < len(nodes) or "" in ids:
        return None
    parents = tuple(
        [ids.get(top.parent_id, _UNKNOWN_PARENT) if top.parent_id else _NO_PARENT for top in trace.segments]
    )
    numbers.append(trace.duration or 0.0)
    key.append(parents)
    return Shape(tuple(key), numbers, nodes, parents, varied)


def _asked(http: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a route is made of, beside attributes, and how the request ended."""
    request, response = http.get("request"), http.get("response")
    told: tuple[Any, ...] = (bool(request), request.__class__, response.__class__)
    if request.__class__ is dict:
        url = request.get("url")
        told += (url.__class__ is str and url and path_of(url), request.get("method"))
    if response.__class__ is dict:
        length = response.get("content_length")
        status = response.get("status")
        told += (status, status.__class__, length.__class__ is int and length >= LARGE)
    return told


def _told(values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values that are asked for, with their types: 1 is not True."""
    found = tuple(map(values.get, _ATTRIBUTES, _ABSENT))
    return (*found, *[value.__class__ for value in found])


def recorded(trace: Trace, known: Shape, recorder: Recorder) -> Trace:
    """The trace with numbers that are recorded; what its key has not is unknown."""
    numbers = [recorder.number(value, f"t{place}") for place, value in enumerate(known.numbers)]
    children: list[list[int]] = [[] for _ in known.nodes]
    following = len(trace.segments)
    for place, node in enumerate(known.nodes):
        children[place] = list(range(following, following + len(node.subsegments)))
        following += len(node.subsegments)
    made: list[Segment | None] = [None] * len(known.nodes)
    for place in range(len(known.nodes) - 1, -1, -1):  # what a part holds stands behind it
        inner = tuple(one for child in children[place] if (one := made[child]) is not None)
        above = known.parents[place] if place < len(known.parents) else _NO_PARENT
        made[place] = _recorded(known.nodes[place], place, above, numbers, inner)
    duration = None if trace.duration is None else numbers[-1]
    segments = tuple(one for one in made[: len(trace.segments)] if one is not None)
    return Trace(cast("str", Text("id")), segments, duration, trace.limit_exceeded)


def _recorded(node: Segment, place: int, above: int, numbers: Sequence[float], inner: tuple[Segment, ...]) -> Segment:
    unknown: Any = Unknown()
    return node._replace(
        id=cast("str", Id(place)),
        start=numbers[2 * place],
        end=None if node.end is None else numbers[2 * place + 1],
        trace_id=unknown,
        parent_id="" if above == _NO_PARENT else cast("str", Id(above)),
        annotations=Known(node.annotations, (*_ATTRIBUTES, EXECUTION)),
        metadata=_metadata(node.metadata),
        http=_http(node.http),
        aws=_aws(node, place),
        exceptions=tuple(
            TracedException(one.type, one.message, unknown, unknown, unknown, one.stack) for one in node.exceptions
        ),
        cause_id=cast("str", Flag()) if node.cause_id else "",
        links=unknown,
        subsegments=inner,
    )


def _metadata(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    found = Known(metadata, ("default",))
    inside = metadata.get("default")
    found.update(default=Known(inside, _ATTRIBUTES) if isinstance(inside, dict) else None)
    return found


def _http(http: Mapping[str, Any]) -> Mapping[str, Any]:
    """The request's method and its URL's path, the answer's status and whether it is long."""
    found = Known(http, ("request", "response"))
    request, response = http.get("request"), http.get("response")
    if isinstance(request, dict):
        url = request.get("url")
        path = path_of(url) if isinstance(url, str) and url else ""
        if path and path_of(path) != path:
            raise UnplannableError
        found.update(request=Known({**request, "url": path}, ("method", "url")) if request else {})
    if isinstance(response, dict):
        length = response.get("content_length")
        long = LARGE if isinstance(length, int) and length >= LARGE else 0
        found.update(response=Known({**response, "content_length": long}, ("status", "content_length")))
    return found


def _aws(node: Segment, place: int) -> Mapping[str, Any]:
    found = Known(node.aws, (*_AWS, "request_id"))
    if _has_request(node.aws):
        found.update(request_id=Text(f'nodes[{place}].aws["request_id"]'))
    else:
        found.update(request_id=None)
    return found


def _has_request(aws: Mapping[str, Any]) -> bool:
    request = aws.get("request_id")
    return request.__class__ is str and request != ""
