"""SQS keeps the trace of the sender with a message, as AWS does: the header of the request becomes an attribute. A
function that gets a batch has a trace of its own, which is linked to the senders'."""

from __future__ import annotations

from collections.abc import Callable

from shopfast_obs.localcloud.gateway import call
from shopfast_obs.localcloud.ministack.untyped import Untyped

Record = dict[str, Untyped]
Action = Callable[[Record, str], Untyped]
Batch = Callable[[Record, Record, Record, list[Record], str, str], None]
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


def traced_message(complete: Callable[[Record], None]) -> Callable[[Record], None]:
    """What SNS and EventBridge put on a queue without a request; it keeps the trace of the current call, too."""

    def wrapped(message: Record) -> None:
        new = "first_receive_at" not in message  # which every message has once it was completed
        complete(message)
        header = call.trace_header()
        if new and header:
            message["sys"].setdefault(_NAME, header)

    return wrapped


def linked_batch(run: Batch) -> Batch:
    """An event source mapping's invocation, which knows the traces of the messages that it is about."""

    def wrapped(  # noqa: PLR0917 - MiniStack's signature
        esm: Record, func_rec: Record, event: Record, batch: list[Record], queue_url: str, queue_name: str
    ) -> None:
        headers = (str(record["attributes"].get(_NAME, "")) for record in event["Records"])
        call.current.set(call.Call(links=tuple(header for header in headers if header)))
        run(esm, func_rec, event, batch, queue_url, queue_name)

    return wrapped
