"""Listens on loopback for what seats tell, and tells for a seat."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shopfast_obs.errors import UserError
from shopfast_obs.workshop import roll_call

if TYPE_CHECKING:
    from shopfast_obs.workshop.roll_call import Seat

LARGEST = 10_000  # bytes of what a seat says
MOST = 500  # seats
PATIENCE = 1.0  # seconds for which a seat waits to be heard


class Room(ThreadingHTTPServer):
    """The seats that were heard, the last word of each."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        self._heard: dict[str, Seat] = {}
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Listener)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def hear(self, seat: Seat) -> None:
        """Keep what a seat says; beyond a number of seats, new ones are not heard."""
        with self._lock:
            if seat.name in self._heard or len(self._heard) < MOST:
                self._heard[seat.name] = seat

    def seats(self) -> tuple[Seat, ...]:
        """All of them, by name."""
        with self._lock:
            return roll_call.ordered(self._heard.values())


class _Listener(BaseHTTPRequestHandler):
    timeout = 5

    def do_POST(self) -> None:
        room = self.server
        size = self.headers.get("Content-Length", "")
        seat = None
        # A page of a browser cannot send this type without being asked for leave, which it is not given.
        if size.isdecimal() and int(size) <= LARGEST and self.headers.get("Content-Type") == "application/json":
            with suppress(ValueError, RecursionError):
                seat = roll_call.received(json.loads(self.rfile.read(int(size))))
        if seat is not None and isinstance(room, Room):
            room.hear(seat)
        self.send_response(204 if seat is not None else 400)
        self.end_headers()

    def log_message(self, *_: Any) -> None:  # noqa: ANN401 - the library's signature
        """Say nothing."""


@contextmanager
def serving(port: int) -> Iterator[Room]:
    """A room that listens while the block runs; raises UserError where the port is taken."""
    try:
        room = Room(port)
    except OSError as problem:
        raise UserError(
            f"Port {port} cannot be listened on: {problem.strerror}.",
            "Choose another: --port, or --port 0 for a free one.",
        ) from None
    thread = threading.Thread(target=room.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield room
    finally:
        room.shutdown()
        room.server_close()


def address(url: str) -> str:
    """The URL, if a seat may tell it; raises UserError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(f"{url!r} is no address of a roll-call.", "As in: --to http://127.0.0.1:4600")
    return url


def tell(url: str, seat: Seat) -> bool:
    """Whether the room heard the seat. Nobody waits for a room that is not there."""
    import urllib3

    body = json.dumps(asdict(seat)).encode()
    http = urllib3.PoolManager(retries=False, timeout=PATIENCE)
    try:
        return bool(http.request("POST", url, body=body, headers={"Content-Type": "application/json"}).status == 204)
    except (urllib3.exceptions.HTTPError, ValueError):
        return False
