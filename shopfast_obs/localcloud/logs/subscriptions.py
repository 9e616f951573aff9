"""Subscription filters: what matches goes to a function, a Kinesis stream or a Firehose, in CloudWatch's envelope."""

from __future__ import annotations

import base64
import gzip
import hashlib
import logging
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import orjson

from shopfast_obs.analysis.logs.patterns import PatternError, log_pattern
from shopfast_obs.analysis.text.bounded_regex import OutOfTimeError
from shopfast_obs.localcloud.interface import Clock, DeployedApplication, LogFilter, LogGroup, Scope
from shopfast_obs.localcloud.logs.store import Event
from shopfast_obs.localcloud.metrics.store import MetricStore, Sample, metric_id
from shopfast_obs.model.metrics import observed

KINDS = {"lambda": "Lambda", "kinesis": "Kinesis Data Stream", "firehose": "Firehose"}
logger = logging.getLogger(__name__)


class Subscriptions:
    """Delivers in order, on a thread of its own: no writer of logs waits for a subscriber."""

    def __init__(self, application: DeployedApplication, metrics: Callable[[Scope], MetricStore], clock: Clock) -> None:
        self._application = application
        self._metrics = metrics
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="subscriptions")

    def deliver(self, scope: Scope, group: LogGroup, stream: str, events: Sequence[Event]) -> None:
        """Start the deliveries of what the group's filters let through."""
        for entry in group.subscription_filters:
            try:
                pattern = log_pattern(entry.pattern)
            except PatternError:
                continue
            try:
                matching = [event for event in events if pattern.match(event.message) is not None]
            except OutOfTimeError:
                logger.warning("the subscription filter %s of %s is too slow for its lines", entry.name, group.name)
                continue
            if matching:
                self._thread.submit(self._run, scope, group, stream, entry, matching)

    def close(self) -> None:
        """Wait until what was started is delivered."""
        self._thread.shutdown()

    def _run(self, scope: Scope, group: LogGroup, stream: str, entry: LogFilter, events: Sequence[Event]) -> None:
        destination = str(entry.properties.get("destinationArn", ""))
        data = envelope(scope, group.name, stream, entry.name, events)
        kind = KINDS.get(destination.split(":")[2] if destination.count(":") > 4 else "", "")
        dimensions = {"LogGroupName": group.name, "DestinationType": kind, "FilterName": entry.name}
        try:
            self._send(group, stream, entry, destination, data)
        except Exception as problem:
            logger.warning("subscription filter %s of %s failed: %s", entry.name, group.name, problem)
            self._count(scope, "DeliveryErrors", dimensions, 1.0, "None")
            return
        self._count(scope, "ForwardedLogEvents", dimensions, float(len(events)), "None")
        self._count(scope, "ForwardedBytes", dimensions, float(len(data)), "Bytes")

    def _send(self, group: LogGroup, stream: str, entry: LogFilter, destination: str, data: bytes) -> None:
        if ":function:" not in destination:
            key = uuid.uuid4().hex
            if entry.properties.get("distribution", "ByLogStream") == "ByLogStream":
                key = hashlib.sha256(stream.encode()).hexdigest()[:32]
            self._application.put_record(destination, data, key)
        elif group.name != f"/aws/lambda/{destination.split(':')[6]}":  # a function fed with its own log never ends
            self._application.invoke(destination, {"awslogs": {"data": base64.b64encode(data).decode()}})

    def _count(self, scope: Scope, name: str, dimensions: dict[str, str], value: float, unit: str) -> None:
        sample = Sample(metric_id("AWS/Logs", name, dimensions), observed(self._clock.now(), value, 1.0, unit))
        self._metrics(scope).submit([sample]).result()


def envelope(scope: Scope, group: str, stream: str, name: str, events: Sequence[Event]) -> bytes:
    """What a subscriber gets: a data message, compressed."""
    message = {
        "messageType": "DATA_MESSAGE",
        "owner": scope.account,
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [name],
        "logEvents": [{"id": e.event_id, "timestamp": e.timestamp, "message": e.message} for e in events],
    }
    return gzip.compress(orjson.dumps(message))
