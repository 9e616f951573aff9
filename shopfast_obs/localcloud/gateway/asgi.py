"""ASGI plumbing of the gateway: read a request, replay it, watch an answer go by, send one."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from email.utils import formatdate
from functools import lru_cache

from shopfast_obs.localcloud.ministack.asgi_app import Asgi, Message, Receive, Scope, Send

MAX_BODY = 64 * 1024 * 1024  # what we buffer; larger uploads are S3's and stream past us


class TooLargeError(Exception):
    """The body is larger than any AWS API takes."""


class Recorder:
    """Passes an answer on and keeps its status, and its body when asked."""

    def __init__(self, send: Send, keep_body: bool = False, headers: Mapping[str, str] | None = None) -> None:
        self._send = send
        self._keep = keep_body
        self._headers = headers or {}
        self._chunks: list[bytes] = []
        self.status = 0
        self.size = 0  # bytes of the body

    async def __call__(self, message: Message) -> None:
        """One ASGI message on its way to the client."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self._headers:
                message = {**message, "headers": _replaced(message.get("headers", []), self._headers)}
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
            if self._keep:
                self._chunks.append(message.get("body", b""))
        await self._send(message)

    @property
    def body(self) -> bytes:
        """The body that was kept."""
        return b"".join(self._chunks)


class Held:
    """Keeps an answer back until it is known to be true."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        """One ASGI message on its way to the client."""
        self._messages.append(message)

    async def release(self) -> None:
        """Send what was kept back."""
        for message in self._messages:
            await self._send(message)


async def read(receive: Receive) -> bytes:
    """The whole request body; raises TooLargeError."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(chunks)
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_BODY:
            raise TooLargeError
        if not message.get("more_body", False):
            return b"".join(chunks)


def replay(body: bytes, receive: Receive) -> Receive:
    """A receive channel that gives a body that was read already, then what the real one gives."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def answer(send: Send, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    """Send a whole answer."""
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    lines += [(b"content-length", str(len(body)).encode()), (b"date", date())]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def date() -> bytes:
    """The Date header of an answer now."""
    return _date_of(int(time.time()))


@lru_cache(1)
def _date_of(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()


async def answer_json(send: Send, status: int, document: Mapping[str, object]) -> None:
    """Send a JSON document."""
    await answer(send, status, json.dumps(document).encode(), {"content-type": "application/json"})


def failing(status: int, body: bytes) -> Asgi:
    """An application that answers every request with this error of a JSON protocol."""

    async def fail(_: Scope, receive: Receive, send: Send) -> None:
        await read(receive)
        await answer(send, status, body, {"content-type": "application/x-amz-json-1.0"})

    return fail


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Turn a stranger away."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    reason = "The local cloud answers on this machine's own names only (localhost, *.localhost, 127.0.0.1)."
    await answer_json(send, 403, {"__type": "AccessDeniedException", "message": reason})


def _replaced(headers: list[tuple[bytes, bytes]], new: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    lines = [(name.lower().encode(), value.encode()) for name, value in new.items()]
    names = {name for name, _ in lines}
    return [line for line in headers if line[0].lower() not in names] + lines
