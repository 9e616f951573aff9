"""Carries the correlation id out, in every call that makes something else run, by botocore's event hooks.

Beside the payload wherever a service has a place for it (docs/concepts/correlation.md); inside of it only where that
was asked for. Nothing is added where it would not fit the service's limit, or where the caller has put an id already.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import ModuleType
from typing import Any

from shopfast_obs.runtime import after_import, payload, switches, trace_header
from shopfast_obs.runtime.correlation import ATTRIBUTE, id_of

MOST_ATTRIBUTES = 10  # SQS; SNS drops a raw delivery to SQS that has more
LARGEST_CLIENT_CONTEXT = 3583  # bytes, of the encoded JSON (Invoke API)
RETRIES = "sdk_retries"
HOOKED = "botocore.handlers"

Params = dict[str, Any]


def install() -> None:
    """Register the hooks with every botocore session that is made from now on, without importing botocore for it."""
    if not switches.correlation():
        return
    after_import.call(HOOKED, _register)


def _register(module: ModuleType) -> None:
    handlers = getattr(module, "BUILTIN_HANDLERS", None)
    if isinstance(handlers, list):
        known = {(entry[0], entry[1]) for entry in handlers}
        handlers += [entry for entry in HOOKS.items() if entry not in known]


def harmless(add: Callable[[Params, str], None]) -> Callable[..., None]:
    """The hook that runs `add` when there is an id; an error in it leaves the call as it was. A link that is signed now
    is for somebody else to use."""

    def hook(params: Params | None = None, context: object = None, **_: object) -> None:
        value = id_of(params)
        presigned = isinstance(context, Mapping) and context.get("is_presign_request")
        if value and not presigned and isinstance(params, dict):
            before = dict(params)
            try:
                add(params, value)
            except Exception:  # the application's call matters more than the id
                params.clear()
                params.update(before)

    return hook


def in_trace_header(request: Any = None, **_: object) -> None:  # noqa: ANN401 - botocore's prepared request
    """Add the id to the trace header of a request that has one; the signature does not cover it."""
    try:
        header, value = request.headers[trace_header.NAME], id_of(request.body)
        if value:
            told = header.decode() if isinstance(header, bytes) else header
            request.headers[trace_header.NAME] = trace_header.carrying(told, value)
    except Exception:  # noqa: S110 - no such header, or the application's call matters more
        pass


def _message(params: Params, value: str, body: str = "MessageBody") -> None:
    before = params.get("MessageAttributes", {})
    if not isinstance(before, Mapping) or ATTRIBUTE in before or len(before) >= MOST_ATTRIBUTES:
        return
    attributes = {**before, ATTRIBUTE: {"DataType": "String", "StringValue": value}}
    if not payload.crosses(_size(params, body), _size({**params, "MessageAttributes": attributes}, body)):
        params["MessageAttributes"] = attributes


def _publish(params: Params, value: str) -> None:
    if "PhoneNumber" not in params:
        _message(params, value, "Message")


def _batch(list_name: str, body: str) -> Callable[[Params, str], None]:
    def add(params: Params, value: str) -> None:
        entries = [dict(entry) for entry in params[list_name]]
        before = sum(_size(entry, body) for entry in entries)
        for entry in entries:
            _message(entry, value, body)
        if not payload.crosses(before, sum(_size(entry, body) for entry in entries)):  # the limit is on the whole batch
            params[list_name] = entries

    return add


def _size(params: Params, body: str) -> int:
    """Bytes of a message as SQS and SNS count them: its text, and the names, types and values of its attributes."""
    size = len(str(params.get(body, "")).encode())
    for name, attribute in (params.get("MessageAttributes") or {}).items():
        size += len(str(name).encode())
        for part in attribute.values():
            size += len(part if isinstance(part, bytes) else str(part).encode())
    return size


def _invoke(params: Params, value: str) -> None:
    """The client context reaches the function of a synchronous call only."""
    if params.get("InvocationType") == "Event":
        if switches.in_payloads("lambda"):
            _in(params, "Payload", value)
        return
    client = json.loads(base64.b64decode(params["ClientContext"])) if params.get("ClientContext") else {}
    custom = client.setdefault("custom", {})
    if ATTRIBUTE in custom:
        return
    custom[ATTRIBUTE] = value
    encoded = base64.b64encode(json.dumps(client).encode()).decode()
    if len(encoded) <= LARGEST_CLIENT_CONTEXT:
        params["ClientContext"] = encoded


def _start_execution(params: Params, value: str) -> None:
    """With a name the input belongs to what makes a second call the same as the first."""
    if switches.in_payloads("stepfunctions") and "name" not in params:
        _in({"input": "{}", **params}, "input", value, params)


def _put_record(params: Params, value: str) -> None:
    if switches.in_payloads("kinesis"):
        _in(params, "Data", value)


def _entries(service: str, list_name: str, field: str) -> Callable[[Params, str], None]:
    def add(params: Params, value: str) -> None:
        if switches.in_payloads(service):
            entries = [dict(entry) for entry in params[list_name]]
            before = sum(len(entry[field]) for entry in entries)
            for entry in entries:
                _in(entry, field, value)
            if not payload.crosses(before, sum(len(entry[field]) for entry in entries)):
                params[list_name] = entries

    return add


def _in(params: Params, field: str, value: str, into: Params | None = None) -> None:
    """Put the id into a payload that is a JSON object; any other goes out byte for byte."""
    given = params.get(field)
    changed: object = given
    if isinstance(given, str):
        changed = payload.injected(given, value)
    elif isinstance(given, bytes | bytearray):
        with suppress(UnicodeDecodeError):
            changed = payload.injected(given.decode(), value).encode()
    if changed != given:
        (params if into is None else into)[field] = changed


def note_retries(parsed: Mapping[str, Any] | None = None, **_: object) -> None:
    """Annotate the call's subsegment with `sdk_retries`: the X-Ray SDK for Python records none, and without them a
    throttled table looks like a slow one."""
    try:
        attempts = (parsed or {})["ResponseMetadata"].get("RetryAttempts", 0)
        core = sys.modules.get("aws_xray_sdk.core") if attempts else None
        subsegment = core.xray_recorder.current_subsegment() if core else None
        if subsegment is not None:
            subsegment.put_annotation(RETRIES, attempts)
    except Exception:  # noqa: S110 - the application's call matters more than what is told of it
        pass


HOOKS: Mapping[str, Callable[..., None]] = {
    "after-call": note_retries,
    "before-parameter-build.eventbridge.PutEvents": harmless(_entries("eventbridge", "Entries", "Detail")),
    "before-parameter-build.sns.Publish": harmless(_publish),
    "before-parameter-build.sns.PublishBatch": harmless(_batch("PublishBatchRequestEntries", "Message")),
    "before-parameter-build.sqs.SendMessage": harmless(_message),
    "before-parameter-build.sqs.SendMessageBatch": harmless(_batch("Entries", "MessageBody")),
    "before-parameter-build.lambda.Invoke": harmless(_invoke),
    "before-parameter-build.kinesis.PutRecord": harmless(_put_record),
    "before-parameter-build.kinesis.PutRecords": harmless(_entries("kinesis", "Records", "Data")),
    "before-parameter-build.sfn.StartExecution": harmless(_start_execution),
    "before-parameter-build.sfn.StartSyncExecution": harmless(_start_execution),
    "before-send.eventbridge.PutEvents": in_trace_header,
    "before-send.lambda.Invoke": in_trace_header,
    "before-send.sfn.StartExecution": in_trace_header,
    "before-send.sfn.StartSyncExecution": in_trace_header,
}
