"""What SQS measures of its requests: `AWS/SQS` by queue, for clients and for who sends and polls inside the cloud."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

Record = dict[str, Untyped]
Action = Callable[[Record, str], Record]
Receive = Callable[[Record, str], Awaitable[Record]]
NAMESPACE = "AWS/SQS"


class QueueMetrics:
    """Wraps the actions of `services.sqs`."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    def sent(self, queue: str, bodies: Iterable[str]) -> None:
        """Measure messages that were put on a queue."""
        sizes = [float(len(body.encode("utf-8", "replace"))) for body in bodies]
        self._count("NumberOfMessagesSent", queue, len(sizes))
        for size in sizes:
            self._observer.metric(NAMESPACE, "SentMessageSize", _dimensions(queue), size, "Bytes")

    def send(self, action: Action) -> Action:
        """SendMessage."""

        def wrapped(data: Record, url: str) -> Record:
            answer = action(data, url)
            self.sent(_name(data, url), [str(data.get("MessageBody", ""))])
            return answer

        return wrapped

    def send_batch(self, action: Action) -> Action:
        """SendMessageBatch: what was taken of it."""

        def wrapped(data: Record, url: str) -> Record:
            answer = action(data, url)
            taken = {entry["Id"] for entry in answer.get("Successful") or ()}
            bodies = [str(e.get("MessageBody", "")) for e in data.get("Entries") or () if e.get("Id") in taken]
            self.sent(_name(data, url), bodies)
            return answer

        return wrapped

    def receive(self, action: Receive) -> Receive:
        """ReceiveMessage: how many, or that there was none."""

        async def wrapped(data: Record, url: str) -> Record:
            answer = await action(data, url)
            count = len(answer.get("Messages") or ())
            self._count("NumberOfMessagesReceived" if count else "NumberOfEmptyReceives", _name(data, url), count or 1)
            return answer

        return wrapped

    def delete(self, action: Action) -> Action:
        """DeleteMessage, and what DeleteMessageBatch did of its entries."""

        def wrapped(data: Record, url: str) -> Record:
            answer = action(data, url)
            count = len(answer.get("Successful") or ()) if "Entries" in data else 1
            self._count("NumberOfMessagesDeleted", _name(data, url), count)
            return answer

        return wrapped

    def polled(self, receive: Callable[[str, int], list[Record]]) -> Callable[[str, int], list[Record]]:
        """What an event source mapping receives; it polls so often here that the empty answers would say nothing."""

        def wrapped(url: str, most: int) -> list[Record]:
            messages = receive(url, most)
            self._count("NumberOfMessagesReceived", url.rpartition("/")[2], len(messages))
            return messages

        return wrapped

    def done(self, delete: Callable[[str, set[str]], None]) -> Callable[[str, set[str]], None]:
        """What an event source mapping deletes."""

        def wrapped(url: str, handles: set[str]) -> None:
            delete(url, handles)
            self._count("NumberOfMessagesDeleted", url.rpartition("/")[2], len(handles))

        return wrapped

    def _count(self, name: str, queue: str, count: int) -> None:
        if count:
            self._observer.count(NAMESPACE, name, _dimensions(queue), float(count))


def install(sqs: Untyped, metrics: QueueMetrics) -> None:
    """Wrap the actions in MiniStack's table, and what event source mappings call."""
    handlers = sqs._HANDLERS
    wrappers: Sequence[tuple[str, Callable[[Untyped], Untyped]]] = (
        ("SendMessage", metrics.send),
        ("SendMessageBatch", metrics.send_batch),
        ("ReceiveMessage", metrics.receive),
        ("DeleteMessage", metrics.delete),
        ("DeleteMessageBatch", metrics.delete),
    )
    for action, wrap in wrappers:
        handlers[action] = wrap(handlers[action])
    sqs._receive_messages_for_esm = metrics.polled(sqs._receive_messages_for_esm)
    sqs._delete_messages_for_esm = metrics.done(sqs._delete_messages_for_esm)


def _name(data: Record, url: str) -> str:
    return str(data.get("QueueUrl", url)).rstrip("/").rpartition("/")[2]


def _dimensions(queue: str) -> dict[str, str]:
    return {"QueueName": queue}
