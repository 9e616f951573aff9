"""Carries the correlation id out, in every call that makes something else run, by botocore's event hooks.

Nothing is added where it would not fit the service's limit, or where the caller has put an id already.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from shopfast_obs.runtime import switches
from shopfast_obs.runtime.correlation import ATTRIBUTE, KEY, current_id

MOST_ATTRIBUTES = 10  # SQS; SNS drops a raw delivery to SQS that has more
LARGEST = (
    256 * 1024 - 1024
)  # bytes of an SNS or SQS message, an EventBridge entry or a workflow's input, with some room
LARGEST_CLIENT_CONTEXT = 3583  # bytes, of the encoded JSON (Invoke API)
RETRIES = "sdk_retries"
HOOKED = "botocore.handlers"

Params = dict[str, Any]


def install() -> None:
    """Register the hooks with every botocore session that is made from now on, without importing botocore for it."""
    if not switches.correlation():
        return
    module = sys.modules.get(HOOKED)
    if module is not None:
        _register(module)
    elif not any(isinstance(finder, _AfterImport) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AfterImport())


class _AfterImport:
    """Sees botocore's list of handlers as soon as somebody imports it."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        """The module's own spec, with the registration behind its execution."""
        if name != HOOKED:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            _register(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _register(module: ModuleType) -> None:
    handlers = getattr(module, "BUILTIN_HANDLERS", None)
    if isinstance(handlers, list):
        known = {entry[1] for entry in handlers}
        handlers += [(event, hook) for event, hook in HOOKS.items() if hook not in known]


def harmless(add: Callable[[Params, str], None]) -> Callable[..., None]:
    """The hook that runs `add` when there is an id; an error in it leaves the call as it was."""

    def hook(params: Params | None = None, **_: object) -> None:
        value = current_id()
        if value and isinstance(params, dict):
            before = dict(params)
            try:
                add(params, value)
            except Exception:  # the application's call matters more than the id
                params.clear()
                params.update(before)

    return hook


def injected(text: str, value: str) -> str:
    """A JSON object's text with the id in it; the same text for anything else, when it has one, or when too long."""
    body = text.lstrip()
    if not body.startswith("{") or KEY in text or len(text.encode()) + len(value) + len(KEY) + 8 > LARGEST:
        return text
    rest = body[1:].lstrip()
    comma = "" if rest.startswith("}") else ", "
    # Text, not a parsed copy: numbers and the order of keys stay as the application wrote them.
    return f'{{"{KEY}": {json.dumps(value)}{comma}{rest}'


def with_attribute(attributes: object, value: str, size: int) -> dict[str, Any] | None:
    """Message attributes with the id, or None where it does not fit."""
    known = dict(attributes) if isinstance(attributes, Mapping) else {}
    if ATTRIBUTE in known or len(known) >= MOST_ATTRIBUTES or size > LARGEST:
        return None
    return {**known, ATTRIBUTE: {"DataType": "String", "StringValue": value}}


def _put_events(params: Params, value: str) -> None:
    params["Entries"] = [
        {**entry, "Detail": injected(entry["Detail"], value)} if isinstance(entry.get("Detail"), str) else entry
        for entry in params["Entries"]
    ]


def _message(params: Params, value: str, body: str = "MessageBody") -> None:
    attributes = with_attribute(params.get("MessageAttributes"), value, _size(params, body))
    if attributes is not None:
        params["MessageAttributes"] = attributes


def _publish(params: Params, value: str) -> None:
    if "PhoneNumber" not in params:
        _message(params, value, "Message")


def _batch(list_name: str, body: str) -> Callable[[Params, str], None]:
    def add(params: Params, value: str) -> None:
        entries = [dict(entry) for entry in params[list_name]]
        if sum(_size(entry, body) for entry in entries) + len(entries) * 200 > LARGEST:
            return  # the limit is on the whole batch
        for entry in entries:
            _message(entry, value, body)
        params[list_name] = entries

    return add


def _size(params: Params, body: str) -> int:
    """Bytes of a message: its text, and its attributes about."""
    return len(str(params.get(body, "")).encode()) + len(str(params.get("MessageAttributes", "")))


def _invoke(params: Params, value: str) -> None:
    """The client context reaches the function of a synchronous call; an asynchronous one only sees the payload."""
    if params.get("InvocationType") == "Event":
        payload = params.get("Payload")
        if isinstance(payload, bytes | bytearray):
            params["Payload"] = injected(payload.decode("utf-8"), value).encode()
        elif isinstance(payload, str):
            params["Payload"] = injected(payload, value)
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
    params["input"] = injected(params.get("input", "{}"), value)


def _put_record(params: Params, value: str) -> None:
    """Kinesis knows no attributes: the id goes into data that is a JSON object."""
    data = params.get("Data")
    if isinstance(data, str):
        params["Data"] = injected(data, value)
    elif isinstance(data, bytes | bytearray):
        params["Data"] = injected(bytes(data).decode("utf-8"), value).encode()


def _put_records(params: Params, value: str) -> None:
    records = [dict(record) for record in params["Records"]]
    for record in records:
        _put_record(record, value)
    params["Records"] = records


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
    "before-parameter-build.eventbridge.PutEvents": harmless(_put_events),
    "before-parameter-build.sns.Publish": harmless(_publish),
    "before-parameter-build.sns.PublishBatch": harmless(_batch("PublishBatchRequestEntries", "Message")),
    "before-parameter-build.sqs.SendMessage": harmless(_message),
    "before-parameter-build.sqs.SendMessageBatch": harmless(_batch("Entries", "MessageBody")),
    "before-parameter-build.lambda.Invoke": harmless(_invoke),
    "before-parameter-build.kinesis.PutRecord": harmless(_put_record),
    "before-parameter-build.kinesis.PutRecords": harmless(_put_records),
    "before-parameter-build.sfn.StartExecution": harmless(_start_execution),
    "before-parameter-build.sfn.StartSyncExecution": harmless(_start_execution),
}
