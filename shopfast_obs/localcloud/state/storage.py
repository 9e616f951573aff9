"""Acknowledged means stored: while the application's state cannot be written, requests that change it are refused.

Telemetry has its own way (groupcommit.py): there a write is committed before it is acknowledged.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

from shopfast_obs.localcloud.protocol.routing import Head

DRAIN_SECONDS = 1.0  # that requests under way get to end before the last snapshot
LARGE = 64 << 10  # bytes of a body for which the free space is looked at before it is taken
MARGIN = 4  # times its body that a request may take on disk: as base64, in the old version and in the new one
CODE, STATUS = "InsufficientStorage", 507  # no SDK repeats a 507
_READS = ("Get", "List", "Describe", "BatchGet", "Query", "Scan", "Filter", "Head", "Select")
_HARMLESS = {"sts"}  # services that keep nothing of a request

# What a file that should hold the body of the request under way could not be written for.
unwritten: ContextVar[list[str] | None] = ContextVar("unwritten", default=None)


@dataclass(slots=True)
class Storage:
    """Whether state can be stored. Set by the thread that stores it, asked by the gateway for every request."""

    folder: Path
    trouble: str = ""  # why nothing can be stored now
    stored: float = 0.0  # epoch seconds of the last snapshot that was written whole
    unreadable: dict[str, str] = field(default_factory=dict)  # services whose state could not be read, and why
    threads: list[threading.Thread] = field(default_factory=list)  # those that run as long as the cloud
    _under_way: int = 0

    def may_refuse(self, head: Head) -> bool:
        """True when `refusal` is worth asking."""
        return bool(self.trouble) or self._too_large(head)

    def refusal(self, head: Head, body: bytes = b"") -> str:
        """Why this request cannot be taken, or empty; `body` is needed for the operation of a query protocol."""
        if not changes(head, body):
            return ""
        return (
            f"The local cloud cannot store this: {self.trouble or 'the disk has no room for the body'}. "
            f"Nothing that changes state is accepted until {self.folder} can be written again."
        )

    @contextmanager
    def under_way(self, head: Head) -> Iterator[list[str]]:
        """Count a request until it is answered; what of it could not be written to disk is in the list."""
        failed: list[str] = []
        token = unwritten.set(failed)
        weight = int(head.operation != "ReceiveMessage")  # which waits for up to 20 s
        self._under_way += weight  # on the event loop only
        try:
            yield failed
        finally:
            self._under_way -= weight
            unwritten.reset(token)

    def refuse(self, reason: str) -> None:
        """Take nothing more, and wait until what was taken is done; called by the thread that stores."""
        self.trouble = reason
        ends = time.monotonic() + DRAIN_SECONDS
        while self._under_way and time.monotonic() < ends:
            time.sleep(0.002)

    def accept(self) -> None:
        """State is stored and there is room for more."""
        self.trouble = ""
        self.stored = time.time()

    def health(self) -> dict[str, object]:
        """What `cloud status` shows."""
        dead = [thread.name for thread in self.threads if not thread.is_alive()]
        unreadable = dict(self.unreadable)
        return {"trouble": self.trouble, "stored": self.stored, "unreadable": unreadable, "ended_threads": dead}

    def _too_large(self, head: Head) -> bool:
        length = head.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()) or int(length) < LARGE:
            return False
        disk = os.statvfs(self.folder)
        return disk.f_bavail * disk.f_frsize < MARGIN * int(length)


def changes(head: Head, body: bytes = b"") -> bool:
    """False for a request that changes no state of the application: reads, and invocations, which change it by
    requests of their own."""
    if head.service in _HARMLESS or head.path.endswith("/invocations"):
        return False
    operation = head.operation or "".join(head.query.get("Action", [])[:1]) or _action(head, body)
    return not operation.startswith(_READS) if operation else head.method not in ("GET", "HEAD", "OPTIONS")


def is_query(head: Head) -> bool:
    """True for a request whose operation stands in its body."""
    form = "application/x-www-form-urlencoded"
    return head.method == "POST" and not head.operation and head.headers.get("content-type", "").startswith(form)


def _action(head: Head, body: bytes) -> str:
    if not is_query(head):
        return ""
    return "".join(parse_qs(body.decode("latin-1"), max_num_fields=10_000).get("Action", [])[:1])
