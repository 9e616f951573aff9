"""The HTTP server of the cloud: uvicorn over httptools, which takes a third of the processor time of hypercorn."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from shopfast_obs.localcloud.gateway import asgi
from shopfast_obs.localcloud.gateway.single_write import OneWrite
from shopfast_obs.localcloud.ministack.asgi_app import Asgi

KEEP_ALIVE_SECONDS = 75
CLOSING_SECONDS = 1  # what is left then are idle connections, which their clients would hold open
HEAD = 64 << 10  # bytes of a request's head at most
Lines = Sequence[tuple[bytes, bytes]]  # a request's headers, their names in lower case
Reply = Callable[[bytes], tuple[int, Mapping[str, str], bytes]]  # the answer to a body: status, headers, body
Brief = Callable[[bytes, bytes, Lines], Reply | None]  # what answers a request, by its method, address and headers
SPECIAL = frozenset([b"expect", b"upgrade", b"transfer-encoding"])  # headers of requests that uvicorn looks after
FAILED = 500, {"content-type": "text/plain"}, b"The local cloud failed here."
_LOG = logging.getLogger(__name__)


def nothing_brief(_method: bytes, _address: bytes, _headers: Lines) -> Reply | None:
    """Every request is the ASGI application's."""
    return None


class Protocol(HttpToolsProtocol):
    """One connection; a head that does not end is refused before it fills the memory. A request that is `brief` is
    answered in the turn of the event loop in which its last byte comes: a task, its ASGI messages and two more turns
    take as long as a whole GetItem."""

    _head: int | None = 0  # bytes of the head so far, None once it is whole
    _reply: Reply | None = None  # to the request that is read now

    def __init__(self, *args: Any, brief: Brief = nothing_brief, **options: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(*args, **options)
        self._brief = brief
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        self._out = OneWrite(transport)
        super().connection_made(cast(asyncio.Transport, self._out))

    def data_received(self, data: bytes) -> None:
        """Bytes of the client."""
        if self._head is not None and self._head > HEAD:
            self.send_400_response("The head of the request is too large.")
            return
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._head = None
        self._reply = self._brief_reply()
        if self._reply is None:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of its body."""
        if self._reply is None:
            super().on_body(body)
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        if self._reply is None:
            super().on_message_complete()
            return
        reply, self._reply = self._reply, None
        body, self._body = b"".join(self._body), []
        try:
            answer = _written(*reply(body))
        except Exception:
            _LOG.exception("a request failed")
            answer = _written(*FAILED)
        self._out.send(answer)
        self.on_response_complete()

    def _brief_reply(self) -> Reply | None:
        """What answers the request at once; None for one that has to wait for another, whose client does not read what
        it has got, or that asks for more than an answer."""
        waits = self.cycle is not None and not self.cycle.response_complete
        if waits or self.flow.write_paused or not self.parser.should_keep_alive():
            return None
        if any(name in SPECIAL for name, _ in self.headers):
            return None
        return self._brief(self.parser.get_method(), self.url, self.headers)


class Server(uvicorn.Server):
    """Serves until `until` returns; the signals are whoever runs it's own."""

    def __init__(self, application: Asgi, until: Callable[[], Awaitable[None]], brief: Brief = nothing_brief) -> None:
        settings: dict[str, Any] = {
            "http": partial(Protocol, brief=brief),
            "ws": "wsproto",
            "lifespan": "on",
            "log_config": None,
            "log_level": "error",  # what a client sends wrong is told to that client
            "access_log": False,
            "proxy_headers": False,  # a header says nothing about who calls
            "server_header": False,
            "date_header": False,  # the application's own
            "timeout_keep_alive": KEEP_ALIVE_SECONDS,
            "timeout_graceful_shutdown": CLOSING_SECONDS,
        }
        super().__init__(uvicorn.Config(application, **settings))
        self._until = until

    async def main_loop(self) -> None:
        """Nothing is due every tenth of a second, as it would be by default."""
        await self._until()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals as they are."""
        yield


def _written(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    end = b"content-length: %d\r\ndate: %b\r\n\r\n" % (len(body), asgi.date())
    return b"".join((STATUS_LINE[status], lines.encode("latin-1"), end, body))


async def serve(
    application: Asgi, listener: int, until: Callable[[], Awaitable[None]], brief: Brief = nothing_brief
) -> None:
    """Serve an application on a socket that listens, given by its number, until `until` returns. What is `brief` is
    answered beside it."""
    await Server(application, until, brief).serve([socket.socket(fileno=listener)])
