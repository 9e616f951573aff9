"""SQS keeps the trace of the sender with a message, as AWS does: the header of the request becomes an attribute."""

from __future__ import annotations

from collections.abc import Callable

from shopfast_obs.localcloud import call
from shopfast_obs.localcloud.ministack.untyped import Untyped

Record = dict[str, Untyped]
Action = Callable[[Record, str], Untyped]
_NAME = "AWSTraceHeader"


def traced_send(send: Action) -> Action:
    """SendMessage that stores the current trace header unless the sender gave one."""

    def wrapped(data: Record, url: str) -> Untyped:
        return send(with_trace(data), url)

    return wrapped


def traced_batch(send: Action) -> Action:
    """SendMessageBatch that does the same for each entry."""

    def wrapped(data: Record, url: str) -> Untyped:
        entries = data.get("Entries")
        if not isinstance(entries, list):
            return send(data, url)
        return send({**data, "Entries": [with_trace(e) if isinstance(e, dict) else e for e in entries]}, url)

    return wrapped


def with_trace(data: Record) -> Record:
    """The message with the trace header of the current call among its system attributes."""
    header = call.trace_header()
    given = data.get("MessageSystemAttributes") or {}
    if not header or _NAME in given:
        return data
    attribute = {"DataType": "String", "StringValue": header}
    return {**data, "MessageSystemAttributes": {**given, _NAME: attribute}}
