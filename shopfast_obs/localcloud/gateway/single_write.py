"""A transport that sends the head and the body of an answer together: each write by itself is a call of the system."""

from __future__ import annotations

import asyncio
from typing import Any

TOGETHER = 64 << 10  # bytes that wait at most


class OneWrite:
    """Stands for a connection's transport. What is written in one turn of the event loop goes out at its end."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._waiting: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a transport has
        """Everything else is the transport's own."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send these bytes, behind those that wait."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        self._waiting.append(data)
        self._size += len(data)
        if self._size > TOGETHER:
            self.flush()

    def send(self, data: bytes) -> None:
        """Send these bytes now, behind those that wait."""
        if self._waiting:
            self.flush()
        self._transport.write(data)

    def close(self) -> None:
        """Close the connection, once everything is sent."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Send what waits."""
        waiting, self._waiting, self._size = self._waiting, [], 0
        if waiting:
            self._transport.write(b"".join(waiting))
