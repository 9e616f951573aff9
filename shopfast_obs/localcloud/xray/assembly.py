"""From stored documents to the segments that BatchGetTraces returns: subsegments that were sent alone are put into
their parent, calls to services that sent nothing become inferred segments, and traces that go on from here are linked.
Shapes as in recorded traces."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from shopfast_obs.analysis.traces import outcome
from shopfast_obs.parse.traces import span_segments, spans
from shopfast_obs.parse.traces.span_nesting import nested
from shopfast_obs.parse.traces.span_segments import FUNCTION

Document = dict[str, Any]
MAX_CHAIN = 100  # deeper chains of lone subsegments stay documents of their own
# The resource that a call to a service is about; other services are inferred as AWS::<name>.
ORIGINS = {
    "dynamodb": "AWS::DynamoDB::Table",
    "s3": "AWS::S3::Bucket",
    "sqs": "AWS::SQS::Queue",
    "sns": "AWS::SNS",
    "lambda": "AWS::Lambda",
    "events": "AWS::Events",
    "stepfunctions": "AWS::StepFunctions::StateMachine",
    "states": "AWS::StepFunctions::StateMachine",
}
# What passes a trace on without a segment of its own: whom it calls is below it, as recorded traces have it of SNS.
PASSING = ("AWS::SNS", "AWS::Events")
MOST_LINKS = 100  # of a trace (X-Ray developer guide, "Tracing event-driven applications")
CHILD = {"aws.xray.reserved.reference_type": "child"}
COPIED = ("http", "aws", "error", "fault", "throttle")
EMBEDDED = ("trace_id", "parent_id", "type")


def walk(document: Document) -> Iterator[Document]:
    """A segment and all that is embedded in it, parents first."""
    stack = [document]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.get("subsegments") or []))


def assemble(documents: Sequence[bytes], children: Sequence[tuple[str, str, str]] = ()) -> list[Document]:
    """The segments of one trace, inferred ones at the end. `children` are (part, trace, segment) of other traces that
    name a part of this one as their parent."""
    segments = _embedded(list(decoded(documents)))
    segments += list(_inferred(segments))
    if children:
        _link(segments, children)
    return segments


def decoded(documents: Sequence[bytes]) -> Iterator[Document]:
    """The documents as X-Ray's segments: a span is one by its rules. The span of a Lambda handler is part of the
    function's own segment where Lambda sent that."""
    loaded: list[Document] = [orjson.loads(document) for document in documents]
    read = (spans.span(one, one["resource"], one["scope"]) for one in loaded if "spanId" in one)
    inner = nested(span for span in read if span is not None)
    functions = {place for document in loaded if document.get("origin") == FUNCTION for place in _inside(document)}
    for document in loaded:
        if "spanId" not in document:
            parent = inner.outer.get(str(document.get("parent_id")).lower())
            yield {**document, "parent_id": parent} if parent else document
    for span in inner.spans:
        made = span_segments.document(span)
        known = made.get("type") != "subsegment" and made.get("parent_id") in functions
        yield span_segments.as_handler(made, span.name) if known else made


def _inside(function: Document) -> Iterator[str]:
    """The ids of a function's segment and of its phases, which are the parents of what its handler does."""
    for part in (function, *(function.get("subsegments") or ())):
        if not part.get("namespace"):
            yield str(part.get("id")).lower()


def parent_links(segments: Sequence[Document]) -> Iterator[tuple[Document, str, str]]:
    """(segment, trace, part) for each part of another trace that a segment names as its parent."""
    for segment in segments:
        links = segment.get("links")
        for link in links if isinstance(links, list) else ():
            if not isinstance(link, dict) or link.get("attributes") == CHILD:
                continue
            trace_id, part = link.get("trace_id"), link.get("id")
            if isinstance(trace_id, str) and isinstance(part, str):
                yield segment, trace_id.lower(), part.lower()


def _link(segments: Sequence[Document], children: Sequence[tuple[str, str, str]]) -> None:
    """Say which traces go on from the calls of this one: at the queue that the call was for, or at the call itself."""
    places: dict[str, Document] = {}
    for segment in segments:
        for part in walk(segment):
            places.setdefault(str(part.get("id", "")).lower(), part)
    for segment in segments:
        if segment.get("inferred"):
            places[str(segment.get("parent_id", "")).lower()] = segment
    for part_id, trace_id, segment_id in children[:MOST_LINKS]:
        place = places.get(part_id)
        known = place.setdefault("links", []) if place is not None else None
        if isinstance(known, list):
            known.append({"trace_id": trace_id, "id": segment_id, "attributes": CHILD})


def _embedded(tops: Sequence[Document]) -> list[Document]:
    owner: dict[str, tuple[Document, Document]] = {}  # id -> the (sub)segment, the document that holds it
    for top in tops:
        for part in walk(top):
            owner.setdefault(str(part.get("id", "")).lower(), (part, top))
    alone: list[Document] = []
    moves: list[tuple[Document, Document]] = []
    for top in tops:
        parent = _home(top, owner)
        moves.append((top, parent)) if parent is not None else alone.append(top)
    for child, parent in moves:
        parent.setdefault("subsegments", []).append(child)
    for top in alone:
        for part in walk(top):
            if part is not top:
                _strip(part)
    return alone


def _home(top: Document, owner: Mapping[str, tuple[Document, Document]]) -> Document | None:
    """The (sub)segment that a lone subsegment belongs in; None when it is a segment, an orphan or part of a circle."""
    if top.get("type") != "subsegment":
        return None
    home = owner.get(str(top.get("parent_id", "")).lower())
    current = home
    for _ in range(MAX_CHAIN):
        if current is None or current[1] is top:
            return None
        if current[1].get("type") != "subsegment":
            return home[0] if home else None
        current = owner.get(str(current[1].get("parent_id", "")).lower())
        if current is None:
            return home[0] if home else None
    return None


def _strip(part: Document) -> None:
    for key in EMBEDDED:
        part.pop(key, None)
    if part.get("in_progress") is False:
        del part["in_progress"]


def _inferred(segments: Sequence[Document]) -> Iterator[Document]:
    callees: dict[str, list[Document]] = {}
    for segment in segments:
        if segment.get("parent_id"):
            callees.setdefault(str(segment["parent_id"]).lower(), []).append(segment)
    for segment in segments:
        for part in walk(segment):
            if part.get("namespace") in ("aws", "remote") and isinstance(part.get("id"), str):
                inferred = _infer(part, str(segment.get("trace_id", "")))
                called = callees.get(str(part["id"]).lower(), [])
                if any(_answers(callee, inferred) for callee in called):
                    continue
                if inferred.get("origin") in PASSING:
                    for callee in called:
                        callee["parent_id"] = inferred["id"]
                yield inferred


def _infer(call: Document, trace_id: str) -> Document:
    digest = hashlib.blake2b(f"{trace_id}/{call.get('id')}".encode(), digest_size=8).hexdigest()
    inferred: Document = {"id": digest, "name": call.get("name", ""), "start_time": call.get("start_time")}
    inferred |= {"trace_id": trace_id, "parent_id": call.get("id"), "inferred": True}
    inferred |= {key: call[key] for key in ("end_time", "in_progress", *COPIED) if key in call}
    if call["namespace"] == "aws":
        name = str(call.get("name", ""))
        inferred["origin"] = ORIGINS.get(name.lower(), f"AWS::{name}")
        names = _resource_names(call)
        if names:
            inferred["aws"] = {**inferred.get("aws", {}), "resource_names": names}
    return inferred


def _resource_names(call: Document) -> list[str]:
    aws = call.get("aws")
    if not isinstance(aws, dict):
        return []
    if isinstance(aws.get("resource_names"), list):
        return [str(name) for name in aws["resource_names"]]
    named = outcome.tables(aws)
    if named:
        return list(named)
    keys = ("bucket_name", "topic_arn", "function_name", "queue_url", "stream_name")
    return [str(aws[key]) for key in keys if isinstance(aws.get(key), str)][:1]


def _answers(callee: Document, inferred: Document) -> bool:
    """True when the callee is the service that was called. A function that S3 or SNS invoked has the call as its
    parent, too, and X-Ray still infers S3 or SNS then."""
    origin = str(inferred.get("origin", ""))
    return not origin or str(callee.get("origin", "")).split("::")[1:2] == origin.split("::")[1:2]
