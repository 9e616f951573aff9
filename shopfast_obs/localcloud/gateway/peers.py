"""Whose process is at the other end of a connection on loopback: the kernel's table says it."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

TABLE = Path("/proc/net/tcp")


def is_own(connection: socket.socket) -> bool:
    """False when another user of the machine, root aside, is at the other end; True where the kernel does not say."""
    with contextlib.suppress(OSError, ValueError):
        user = _user(_entry(*connection.getpeername()[:2]), _entry(*connection.getsockname()[:2]))
        return user in (None, 0, os.geteuid())
    return True


def _user(there: str, here: str) -> int | None:
    """The owner of the socket with this address that is connected with ours."""
    for line in TABLE.read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[1:3] == [there, here]:
            return int(fields[7])
    return None


def _entry(host: str, port: int) -> str:
    """An address as the table writes it: the bytes of the host from last to first."""
    return f"{socket.inet_aton(host)[::-1].hex().upper()}:{port:04X}"
