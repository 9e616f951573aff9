"""The AWS::SNS segment of a message that is published on a topic with active tracing: one part for each delivery."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from shopfast_obs.localcloud.gateway import call, trace_header
from shopfast_obs.localcloud.gateway.trace_header import TraceContext
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

Record = dict[str, Untyped]
# The message that is being delivered, where its topic is traced.
_published: contextvars.ContextVar[TopicSegment | None] = contextvars.ContextVar("shopfast_obs_topic", default=None)


class TopicSegment:
    """A message on its way to a topic's subscribers; each delivery that ends writes the segment again."""

    def __init__(self, context: TraceContext, topic_arn: str, message_id: str, observer: Observer) -> None:
        self.context = context
        self._observer = observer
        self._lock = threading.Lock()
        now = time.time()
        self._document: Record = {
            "id": trace_header.new_id(),
            "trace_id": context.root,
            "name": topic_arn,
            "origin": "AWS::SNS",
            "resource_arn": topic_arn,
            "start_time": now,
            "end_time": now,
            "http": {"response": {"status": 200}},
            "aws": {"operation": "Publish", "topic_arn": topic_arn, "message_id": message_id},
            "subsegments": [],
            **({"parent_id": context.parent} if context.parent else {}),
        }

    def write(self, delivery: Record | None = None) -> None:
        """Write the segment as it is now, with one more delivery if one is given."""
        with self._lock:
            now = time.time()
            deliveries = [*self._document["subsegments"], *([{**delivery, "end_time": now}] if delivery else [])]
            self._document = {**self._document, "end_time": now, "subsegments": deliveries}
            self._observer.segment(self._document)


@contextmanager
def publishing(topic: Record, topic_arn: str, message_id: str, observer: Observer) -> Iterator[None]:
    """Deliveries inside belong to a segment, where the topic is traced and the publisher's trace is sampled."""
    context = trace_header.decide(call.trace_header(), active=False)
    active = topic.get("attributes", {}).get("TracingConfig") == "Active"
    segment = TopicSegment(context, topic_arn, message_id, observer) if active and context.sampled else None
    if segment:
        segment.write()
    token = _published.set(segment)
    try:
        yield
    finally:
        _published.reset(token)


@contextmanager
def delivering(service: str, operation: str, resource: str) -> Iterator[None]:
    """One delivery: whoever gets the message is on the trace below it."""
    segment = _published.get()
    if segment is None:
        yield
        return
    part = trace_header.new_id()
    aws = {"operation": operation, "resource_names": [resource]}
    delivery = {"id": part, "name": service, "namespace": "aws", "start_time": time.time(), "aws": aws}
    token = call.current.set(call.Call(trace_header=segment.context.header(part)))
    try:
        yield
    finally:
        call.current.reset(token)
        segment.write(delivery)
