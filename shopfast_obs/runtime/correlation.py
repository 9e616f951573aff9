"""The correlation id of the request at hand: found in what invoked the function, else begun here."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

HEADER = "x-correlation-id"
ATTRIBUTE = "correlation_id"  # message attributes, client context
KEY = "_correlation_id"  # inside JSON payloads; the underscore keeps it apart from the application's fields
EXECUTION = "_execution"  # what an instrumented workflow definition tells its tasks
LONGEST = 128  # characters; what is longer is no id, and would be copied into every message
MOST_NODES = 200  # of a payload that are looked at
DEEPEST = 5
LARGEST_DATA = 64 * 1024  # characters of a Kinesis record that are decoded in search of an id

_current = ""  # an execution environment has one request at a time, and all its threads work for that one


def current_id() -> str:
    """The correlation id of the request at hand; empty outside of one."""
    return _current


def begin(value: str) -> None:
    """Make the id the current one."""
    global _current  # noqa: PLW0603 - a context variable would not reach the threads of a pool
    _current = value


def of(event: Any, context: Any) -> str:  # noqa: ANN401 - events have any JSON type
    """The id that came with the event: client context, HTTP header, message attribute, payload; else a new one."""
    found = next(_valid(_candidates(event, context)), "")
    return found or _of_execution(event) or _new(context)


def of_record(record: object) -> str:
    """The id that came with one record of a batch, or empty."""
    return next(_valid(_of_record(record)), "") if isinstance(record, Mapping) else ""


def without_execution(event: Any) -> Any:  # noqa: ANN401
    """The event as the workflow's author wrote it: functions that take only what they know stay content."""
    if _is_execution(event):
        return {name: value for name, value in event.items() if name != EXECUTION}
    return event


def _is_execution(event: object) -> bool:
    if not isinstance(event, Mapping):
        return False
    execution = event.get(EXECUTION)
    return isinstance(execution, Mapping) and {"Id", "Input"} <= set(execution)


def _of_execution(event: Any) -> str:  # noqa: ANN401
    """One name for all tasks of an execution whose starter sent no id."""
    return str(event[EXECUTION].get("Name", "")) if _is_execution(event) else ""


def _valid(candidates: Iterator[object]) -> Iterator[str]:
    for found in candidates:
        if isinstance(found, str) and 0 < len(found) <= LONGEST and found.isprintable():
            yield found


def _candidates(event: Any, context: Any) -> Iterator[object]:  # noqa: ANN401
    yield _of_client_context(context)
    if not isinstance(event, Mapping):
        return
    headers = event.get("headers")
    if isinstance(headers, Mapping):
        yield from (value for name, value in headers.items() if str(name).lower() == HEADER)
    records = event.get("Records")
    for record in records if isinstance(records, list) else []:
        if isinstance(record, Mapping):
            yield from _of_record(record)
    yield from _inside(event)


def _of_client_context(context: Any) -> object:  # noqa: ANN401
    client = getattr(context, "client_context", None)
    custom = client.get("custom") if isinstance(client, Mapping) else getattr(client, "custom", None)
    return custom.get(ATTRIBUTE) if isinstance(custom, Mapping) else None


def _of_record(record: Mapping[str, Any]) -> Iterator[object]:
    """SQS and SNS records: their attributes, then their text when that is JSON (of EventBridge, or SNS in SQS). Kinesis
    and DynamoDB records: the key in the data and in the new item."""
    attributes = record.get("messageAttributes")
    if isinstance(attributes, Mapping):
        yield (attributes.get(ATTRIBUTE) or {}).get("stringValue")
    yield from _of_text(record.get("body"))
    notification = record.get("Sns")
    if isinstance(notification, Mapping):
        yield from _of_notification(notification)
    stream = record.get("kinesis")
    if isinstance(stream, Mapping):
        yield from _of_data(stream.get("data"))
    change = record.get("dynamodb")
    if isinstance(change, Mapping):
        image = change.get("NewImage")
        value = image.get(KEY) if isinstance(image, Mapping) else None
        yield value.get("S") if isinstance(value, Mapping) else None


def _of_data(data: object) -> Iterator[object]:
    """Kinesis data is base64 of the producer's bytes."""
    if isinstance(data, str) and len(data) <= LARGEST_DATA:
        with suppress(ValueError):
            yield from _of_text(base64.b64decode(data).decode())


def _of_notification(notification: Mapping[str, Any]) -> Iterator[object]:
    attributes = notification.get("MessageAttributes")
    if isinstance(attributes, Mapping):
        yield (attributes.get(ATTRIBUTE) or {}).get("Value")
    yield from _of_text(notification.get("Message"))


def _of_text(text: object) -> Iterator[object]:
    """What a JSON text carries; a text that names neither the key nor an attribute is not parsed."""
    if not isinstance(text, str) or ATTRIBUTE not in text:
        return
    try:
        document = json.loads(text)
    except ValueError:
        return
    if isinstance(document, Mapping):
        if "Message" in document:
            yield from _of_notification(document)
        yield from _inside(document)


def _inside(document: Mapping[str, Any]) -> Iterator[object]:
    """The key in a payload, the nearest first, within bounds."""
    level: list[Any] = [document]
    seen = 0
    for _ in range(DEEPEST):
        following: list[Any] = []
        for node in level:
            seen += 1
            if seen > MOST_NODES:
                return
            if isinstance(node, Mapping):
                if KEY in node:
                    yield node[KEY]
                following += [value for value in node.values() if isinstance(value, Mapping | list)]
            else:
                following += [value for value in node if isinstance(value, Mapping | list)]
        level = following


def _new(context: Any) -> str:  # noqa: ANN401
    """The trace's id where there is one: X-Ray carries it through services that drop what they do not know."""
    for part in os.environ.get("_X_AMZN_TRACE_ID", "").split(";"):
        if part.startswith("Root="):
            return part.removeprefix("Root=")
    import uuid

    return str(getattr(context, "aws_request_id", "") or uuid.uuid4())
