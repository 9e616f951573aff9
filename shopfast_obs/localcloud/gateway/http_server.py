"""The HTTP server of the cloud: uvicorn over httptools, which takes a third of the processor time of hypercorn."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shopfast_obs.localcloud.gateway.single_write import OneWrite
from shopfast_obs.localcloud.ministack.asgi_app import Asgi

KEEP_ALIVE_SECONDS = 75
CLOSING_SECONDS = 1  # what is left then are idle connections, which their clients would hold open
HEAD = 64 << 10  # bytes of a request's head at most


class Protocol(HttpToolsProtocol):
    """One connection; a head that does not end is refused before it fills the memory."""

    _head: int | None = 0  # bytes of the head so far, None once it is whole

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(cast(asyncio.Transport, OneWrite(transport)))

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
        super().on_headers_complete()


class Server(uvicorn.Server):
    """Serves until `until` returns; the signals are whoever runs it's own."""

    def __init__(self, application: Asgi, until: Callable[[], Awaitable[None]]) -> None:
        settings: dict[str, Any] = {
            "http": Protocol,
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


async def serve(application: Asgi, listener: int, until: Callable[[], Awaitable[None]]) -> None:
    """Serve an application on a socket that listens, given by its number, until `until` returns."""
    await Server(application, until).serve([socket.socket(fileno=listener)])
