"""A WebSocket client of a few lines, over the protocol library that the local cloud's server is built on."""

from __future__ import annotations

import socket
from types import TracebackType
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Message, RejectConnection, Request, TextMessage


class RefusedError(Exception):
    """The API took no connection."""


class Connection:
    """One connection to a stage of a WebSocket API; a context that closes it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._socket = socket.create_connection((parts.hostname, parts.port or 80), timeout=40)
        self._socket.sendall(self._protocol.send(Request(host=parts.netloc, target=parts.path)))
        if not isinstance(self._event(), AcceptConnection):
            self._socket.close()
            raise RefusedError(url)

    def ask(self, text: str) -> str:
        """The answer to a message."""
        self._socket.sendall(self._protocol.send(Message(data=text)))
        event = self._event()
        assert isinstance(event, TextMessage), event
        return event.data

    def _event(self) -> object:
        while True:
            for event in self._protocol.events():
                if isinstance(event, AcceptConnection | RejectConnection | TextMessage | CloseConnection):
                    return event
            received = self._socket.recv(65536)
            if not received:
                return None
            self._protocol.receive_data(received)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._socket.sendall(self._protocol.send(CloseConnection(code=1000)))
        self._socket.close()
