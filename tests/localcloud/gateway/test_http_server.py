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


def brief(method: bytes, address: bytes, headers: http_server.Lines) -> http_server.Reply | None:
    """Answers what is sent to `/brief`, in capitals, unless that is `fail`."""
    if (method, address) != (b"POST", b"/brief"):
        return None

    def reply(body: bytes) -> tuple[int, dict[str, str], bytes]:
        if body == b"fail":
            raise ValueError
        return 200, {"x-lines": str(len(headers))}, body.upper()

    return reply


def posted(address: bytes, body: bytes, more: bytes = b"") -> bytes:
    """A request with this body."""
    return b"POST %b HTTP/1.1\r\nHost: localhost\r\n%bContent-Length: %d\r\n\r\n%b" % (address, more, len(body), body)


def served(*requests: bytes) -> list[bytes]:
    """What comes back for each, sent over a connection of its own."""

    async def run() -> list[bytes]:
        listener = listening(0)
        port, ending = listener.getsockname()[1], asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(http_server.serve(application, listener.detach(), lambda: _until(ending), brief))
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


def test_what_is_brief_is_answered_beside_the_application_in_the_order_of_the_requests() -> None:
    """Also when a client does not wait for the answer before it asks again, and when a request fails."""
    asked = [posted(b"/brief", body) for body in (b"ab", b"fail", b"ef")]
    asked += [posted(b"/", b"abc"), posted(b"/brief", b"cd"), posted(b"/", b"x" * 70_000, b"Connection: close\r\n")]
    (answer,) = served(b"".join(asked))
    parts = answer.split(b"HTTP/1.1 ")[1:]
    ok, failed = b"200 OK", b"500 Internal Server Error"
    assert [part.partition(b"\r\n")[0] for part in parts] == [ok, failed, ok, ok, ok, ok]
    bodies = [part.rpartition(b"\r\n\r\n")[2] for part in parts]
    # the one behind a request that is not answered yet waits with the application
    assert bodies == [b"AB", http_server.FAILED[2], b"EF", b"3", b"2", b"70000"]


def test_what_asks_for_more_than_an_answer_is_the_applications() -> None:
    """A connection that ends, a body of unknown length."""
    closed, chunked = served(
        posted(b"/brief", b"ab", b"Connection: close\r\n"),
        b"POST /brief HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
        + posted(b"/", b"", b"Connection: close\r\n"),
    )
    assert closed.endswith(b"\r\n\r\n2")
    assert b"\r\n\r\n2HTTP/1.1" in chunked
