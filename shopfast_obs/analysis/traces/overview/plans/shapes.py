"""The shape of a trace: all that an overview looks at but for times, ids, and the values of annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from shopfast_obs.analysis.traces.durable_executions import EXECUTION
from shopfast_obs.analysis.traces.outcome import path_of
from shopfast_obs.analysis.traces.overview.call_patterns import LARGE
from shopfast_obs.analysis.traces.overview.plans.recorded_numbers import Recorder
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
    if not nodes or trace.problems:
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
            key += map(aws.get, _AWS, _ABSENT)
            key.append(isinstance(aws.get("request_id"), str))
        if annotations:
            if EXECUTION in annotations:
                return None
            varied = True
            key += _told(annotations)
        if metadata:
            inside = metadata.get("default")
            key += _told(inside) if isinstance(inside, dict) else (None,)
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
    told: tuple[Any, ...] = (bool(request),)
    if request.__class__ is dict:
        url = request.get("url")
        told += (url.__class__ is str and url and path_of(url), request.get("method"))
    if response.__class__ is dict:
        length = response.get("content_length")
        told += (response.get("status"), length.__class__ is int and length >= LARGE)
    return told


def _told(values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values that are asked for, with their types: 1 is not True."""
    found = tuple(map(values.get, _ATTRIBUTES, _ABSENT))
    return (*found, *[value.__class__ for value in found])


def recorded(trace: Trace, known: Shape, recorder: Recorder) -> Trace:
    """The trace with numbers that are recorded, texts that stand for its ids, and nothing that its key has not."""
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
        made[place] = _recorded(known.nodes[place], place, above, numbers, inner)._replace(
            aws=_aws(known.nodes[place], place, recorder)
        )
    duration = None if trace.duration is None else numbers[-1]
    segments = tuple(one for one in made[: len(trace.segments)] if one is not None)
    return Trace(recorder.text("id"), segments, duration, trace.limit_exceeded)


def _recorded(node: Segment, place: int, above: int, numbers: Sequence[float], inner: tuple[Segment, ...]) -> Segment:
    return node._replace(
        id=f"i{place}",
        start=numbers[2 * place],
        end=None if node.end is None else numbers[2 * place + 1],
        trace_id="",
        parent_id={_NO_PARENT: "", _UNKNOWN_PARENT: "missing"}.get(above, f"i{above}"),
        annotations={name: node.annotations[name] for name in _ATTRIBUTES if name in node.annotations},
        metadata=_metadata(node.metadata),
        http=_http(node.http),
        exceptions=tuple(TracedException(one.type, one.message, stack=one.stack) for one in node.exceptions),
        cause_id="some" if node.cause_id else "",
        links=(),
        subsegments=inner,
    )


def _metadata(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    inside = metadata.get("default")
    if not isinstance(inside, dict):
        return {"default": None} if metadata else {}
    return {"default": {name: inside[name] for name in _ATTRIBUTES if name in inside}}


def _http(http: Mapping[str, Any]) -> Mapping[str, Any]:
    """The request's method and URL, the answer's status and length."""
    asked = {"request": ("method", "url"), "response": ("status", "content_length")}
    parts = {name: http[name] for name in asked if http.get(name)}
    return {
        name: {key: part[key] for key in asked[name] if key in part} or {"": ""} if isinstance(part, dict) else part
        for name, part in parts.items()
    } or ({"": {}} if http else {})


def _aws(node: Segment, place: int, recorder: Recorder) -> Mapping[str, Any]:
    found = {name: node.aws[name] for name in _AWS if name in node.aws}
    if isinstance(node.aws.get("request_id"), str):
        found["request_id"] = recorder.text(f'nodes[{place}].aws["request_id"]')
    return found or ({"": ""} if node.aws else {})
