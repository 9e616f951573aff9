"""Where an id comes with an event: client context, HTTP headers, message attributes, payloads, trace headers."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

from shopfast_obs.runtime import payload, trace_header
from shopfast_obs.runtime.correlation import ATTRIBUTE, EXECUTION, HEADER, KEY

LONGEST = 128  # characters; what is longer is no id, and would be copied into every message
LARGEST_DATA = 64 * 1024  # characters of base64 that are decoded in search of an id
BATCHES = ("Records", "records", "messages", "rmqMessagesByQueue")  # lists, or lists by topic or queue
KNOWN = frozenset(("body", "Sns", "kinesis", "dynamodb", "data", "value", "cf", "s3"))  # what tells a service's record
# And what any record but a message of SQS has.
BESIDE = (KNOWN | {"headers", "properties", "basicProperties", "request"}) - {"body"}

Objects = Sequence[Mapping[str, Any]]  # of a payload, the nearest first
Place = tuple[Any, Any, list[Any]]  # a mapping, a key of it, and the list that it has there


def of(event: Any, context: Any, objects: Objects | None = None) -> str:  # noqa: ANN401 - events have any JSON type
    """The id that came with the event: client context, HTTP header, message attribute, payload, trace header; else the
    trace's own id, which whoever sent the event has as well; else a new one. Who has the event's objects hands them
    in."""
    header = os.environ.get(trace_header.VARIABLE, "")
    found = next(_valid(chain(_candidates(event, context, objects), _of_trace_header(header))), "")
    return found or _of_execution(event) or new(context)


def of_batch(event: Any, context: Any, ids: Mapping[int, str]) -> str:  # noqa: ANN401
    """The id of a batch as such: its caller's, else a new one that is none of its records'."""
    found = next(_valid(_of_caller(event, context)), "")
    return found or new(context, frozenset(ids.values()))


def of_input(given: Any) -> str:  # noqa: ANN401
    """The id that came inside of an input of which nothing else is known; empty where none did, or where it is a batch
    of several."""
    several = sum(len(records) for _, _, records in batches(given)) > 1
    return next(_valid(_of_caller(given, None) if several else _candidates(given, None, None)), "")


def of_record(record: object) -> str:
    """The id that came with one record of a batch, or empty."""
    return next(_valid(_of_record(record)), "") if payload.is_object(record) else ""


def batches(event: Any) -> list[Place]:  # noqa: ANN401
    """The lists of records in the event, and where they stand; an event that is a list itself stands nowhere."""
    if isinstance(event, list):
        return [(None, None, event)]
    found: list[Place] = []
    for name in BATCHES if payload.is_object(event) else ():
        value = event.get(name)
        if value is None:
            continue
        if isinstance(value, list):
            found.append((event, name, value))
        elif payload.is_object(value):
            found += [(value, key, each) for key, each in value.items() if isinstance(each, list)]
    return found


def new(context: Any, taken: frozenset[str] = frozenset()) -> str:  # noqa: ANN401
    """An id that is none of those taken: the trace's where there is one, because X-Ray carries it through services that
    drop what they do not know."""
    root = trace_header.root(os.environ.get(trace_header.VARIABLE, ""))
    if root and root not in taken:
        return root
    own = getattr(context, "aws_request_id", "")
    if isinstance(own, str) and own and own not in taken:
        return own
    import uuid

    return str(uuid.uuid4())


def take_out_execution(event: Any) -> None:  # noqa: ANN401
    """Leave the event as the workflow's author wrote it: functions that take only what they know stay content."""
    if _is_execution(event) and isinstance(event, MutableMapping):
        del event[EXECUTION]


def _is_execution(event: object) -> bool:
    if not payload.is_object(event):
        return False
    execution = event.get(EXECUTION)
    return payload.is_object(execution) and {"Id", "Input"} <= set(execution)


def _of_execution(event: Any) -> str:  # noqa: ANN401
    """One name for all tasks of an execution whose starter sent no id."""
    return str(event[EXECUTION].get("Name", "")) if _is_execution(event) else ""


def _valid(candidates: Iterator[object]) -> Iterator[str]:
    for found in candidates:
        if isinstance(found, str) and 0 < len(found) <= LONGEST and found.isprintable():
            yield found


def _candidates(event: Any, context: Any, objects: Objects | None) -> Iterator[object]:  # noqa: ANN401
    yield from _of_caller(event, context)
    for _, _, records in batches(event):
        for record in records:
            if payload.is_object(record):
                yield from _of_record(record)
    if payload.is_object(event):
        yield from _keys(payload.objects_of(event) if objects is None else objects)


def _of_caller(event: Any, context: Any) -> Iterator[object]:  # noqa: ANN401
    yield _of_client_context(context)
    if payload.is_object(event):
        yield from _of_request(event)
        if payload.is_object(event.get("request")):  # AppSync
            yield from _of_request(event["request"])


def _of_request(request: Mapping[str, Any]) -> Iterator[object]:
    """HTTP headers, also those with several values."""
    for name in ("headers", "multiValueHeaders"):
        yield from _of_headers(request.get(name))


def _of_headers(headers: object) -> Iterator[object]:
    if payload.is_object(headers):
        for name, value in headers.items():
            if str(name).lower() == HEADER:
                yield from value if isinstance(value, list) else [value]


def _of_client_context(context: Any) -> object:  # noqa: ANN401
    client = getattr(context, "client_context", None)
    custom = client.get("custom") if payload.is_object(client) else getattr(client, "custom", None)
    return custom.get(ATTRIBUTE) if payload.is_object(custom) else None


def _of_record(record: Mapping[str, Any]) -> Iterator[object]:
    """SQS and SNS records: their attributes, then their text when that is JSON (of EventBridge, or SNS in SQS). Kafka,
    Kinesis, Firehose and MQ: headers, then the data. DynamoDB: the item. CloudFront and AppSync: the request's headers.
    Anything else, as a pipe may send it: the payload."""
    attributes = record.get("messageAttributes")
    if payload.is_object(attributes):
        yield _value(attributes, "stringValue")
    body = record.get("body")
    yield from _inside(body) if payload.is_object(body) else _of_text(body)
    if not BESIDE.isdisjoint(record):
        yield from _of_others(record)
    if KNOWN.isdisjoint(record):
        yield from _inside(record)
    sent = _at(record, "attributes", "AWSTraceHeader")  # of SQS, also where EventBridge or SNS filled the queue
    if isinstance(sent, str):
        yield from _of_trace_header(sent)


def _of_others(record: Mapping[str, Any]) -> Iterator[object]:
    notification = record.get("Sns")
    if payload.is_object(notification):
        yield from _of_notification(notification)
    yield from _of_stream(record)
    change = record.get("dynamodb")
    if payload.is_object(change):
        yield _of_change(change)
    for place in (record.get("request"), _at(record, "cf", "request")):
        if payload.is_object(place):
            for value in _of_headers(place.get("headers")):
                yield value.get("value") if payload.is_object(value) else value


def _of_trace_header(header: str) -> Iterator[object]:
    yield trace_header.carried(header)
    yield trace_header.root(header)


def _of_stream(record: Mapping[str, Any]) -> Iterator[object]:
    headers = record.get("headers")
    for header in headers if isinstance(headers, list) else []:  # Kafka: [{"name": [bytes]}]
        yield from _of_bytes(header)
    if "basicProperties" in record:  # RabbitMQ: {"name": {"bytes": [...]}}
        yield from _of_bytes(_at(record, "basicProperties", "headers"))
    properties = record.get("properties")  # ActiveMQ
    if payload.is_object(properties):
        yield properties.get(ATTRIBUTE)
    for data in (_at(record, "kinesis", "data"), record.get("data"), record.get("value")):
        if data is not None:
            yield from _of_data(data)


def _of_bytes(headers: object) -> Iterator[object]:
    """Headers whose values are lists of bytes, which Java tells with a sign."""
    for name, value in headers.items() if payload.is_object(headers) else ():
        if str(name).lower() in (ATTRIBUTE, HEADER):
            octets = value.get("bytes") if payload.is_object(value) else value
            if isinstance(octets, list) and len(octets) <= LONGEST:
                with suppress(ValueError, TypeError):
                    yield bytes(octet & 255 for octet in octets).decode()
            yield octets


def _of_change(change: Mapping[str, Any]) -> object:
    """The id of an item as it was written; of a deleted one as it was before."""
    image = change.get("NewImage") or change.get("OldImage")
    value = image.get(KEY) if payload.is_object(image) else None
    return value.get("S") if payload.is_object(value) else None


def _at(record: Mapping[str, Any], *path: str) -> object:
    found: object = record
    for name in path:
        found = found.get(name) if payload.is_object(found) else None
    return found


def _value(attributes: Mapping[str, Any], name: str) -> object:
    found = attributes.get(ATTRIBUTE)
    return found.get(name) if payload.is_object(found) else None


def _of_data(data: object) -> Iterator[object]:
    """Streams bring base64 of the producer's bytes."""
    if isinstance(data, str) and len(data) <= LARGEST_DATA:
        with suppress(ValueError):
            yield from _of_text(base64.b64decode(data).decode())
    elif payload.is_object(data):
        yield from _inside(data)


def _of_notification(notification: Mapping[str, Any]) -> Iterator[object]:
    attributes = notification.get("MessageAttributes")
    if payload.is_object(attributes):
        yield _value(attributes, "Value")
    yield from _of_text(notification.get("Message"))


def _of_text(text: object) -> Iterator[object]:
    """What a JSON text carries; a text that names neither the key nor an attribute is not parsed."""
    if not isinstance(text, str) or ATTRIBUTE not in text:
        return
    try:
        document = json.loads(text)
    except ValueError:
        return
    if payload.is_object(document):
        if "Message" in document:
            yield from _of_notification(document)
        yield from _inside(document)


def _inside(document: Mapping[str, Any]) -> Iterator[object]:
    """The key in a payload, the nearest first, within bounds."""
    return _keys(payload.objects_of(document))


def _keys(objects: Objects) -> Iterator[object]:
    return (node[key] for node in objects for key in (payload.KEY, KEY) if key in node)
