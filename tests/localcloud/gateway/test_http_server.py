"""What the HTTP server itself answers."""

from __future__ import annotations

import asyncio
import socket

from shopfast_obs.localcloud.gateway import asgi, http_server
from shopfast_obs.localcloud.gateway.listener import listening
from shopfast_obs.localcloud.ministack.asgi_app import Receive, Scope, Send


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers how long the request's body is."""
    if scope["type"] == "lifespan":
        for answer in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{answer}.complete"})
        return
    body = await asgi.read(receive)
    await asgi.answer(send, 200, str(len(body)).encode(), {})


def served(*requests: bytes) -> list[bytes]:
    """What comes back for each, sent over a connection of its own."""

    async def run() -> list[bytes]:
        listener = listening(0)
        port, ending = listener.getsockname()[1], asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(http_server.serve(application, listener.detach(), lambda: _until(ending)))
            answers = [await asyncio.to_thread(exchanged, port, request) for request in requests]
            ending.set()
        return answers

    return asyncio.run(run())


async def _until(ending: asyncio.Event) -> None:
    await ending.wait()


def exchanged(port: int, request: bytes) -> bytes:
    """The answer to these bytes, up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        for start in range(0, len(request), 32 << 10):
            try:
                client.sendall(request[start : start + (32 << 10)])
            except OSError:  # it has heard enough
                break
        found = b""
        try:
            while more := client.recv(1 << 16):
                found += more
        except OSError:
            return found
        return found


def test_a_long_head_is_refused_and_a_large_body_is_not() -> None:
    """A head may have 64 KB; the bytes of a body, however it comes, are no part of it."""
    begun = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    large = 1 << 20
    long, whole, chunked = served(
        begun + b"X-A: a\r\n" * 100_000 + b"Content-Length: 0\r\n\r\n",
        begun + b"Content-Length: %d\r\n\r\n" % large + b"x" * large,
        begun + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % large + b"x" * large + b"\r\n0\r\n\r\n",
    )
    assert long.startswith(b"HTTP/1.1 400") or not long  # nothing when the rest was on its way and the line was cut
    for answer in (whole, chunked):
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert answer.endswith(b"\r\n\r\n%d" % large)
        assert b"\r\ndate: " in answer


def test_who_waits_to_be_asked_for_the_body_is_asked() -> None:
    """`Expect: 100-continue`, as S3's clients send it."""
    (answer,) = served(
        b"PUT / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nab"
    )
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"2")
