"""What the host and the supervisor of one execution environment say to each other: one JSON object a datagram.

The supervisor is a process of its own because it holds the sandbox to its limits with the precision of a millisecond,
which a thread of the cloud cannot: it would wait for the interpreter lock.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

LARGEST = 1 << 20

Reason = Literal["exit", "timeout", "memory", "ended"]


@dataclass(frozen=True, slots=True)
class Start:
    """Start the runtime process; it must ask for its first event within `timeout` seconds of CPU at `share`."""

    argv: Sequence[str]
    environ: Mapping[str, str]
    cwd: str
    memory: int  # bytes
    timeout: float
    share: float


@dataclass(frozen=True, slots=True)
class Run:
    """Let the sandbox run: at most `timeout` seconds, at `share` of a CPU (0: unlimited)."""

    timeout: float
    share: float


@dataclass(frozen=True, slots=True)
class Loosen:
    """Lift the CPU limit; the deadline stays."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """Stop the sandbox until the next Run; answered with Frozen."""


@dataclass(frozen=True, slots=True)
class End:
    """End the sandbox (SIGTERM, then SIGKILL) and the supervisor."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The sandbox stands still. `peak` is the most memory it ever had (bytes), `cpu` the seconds used since Run."""

    peak: int
    cpu: float


@dataclass(frozen=True, slots=True)
class Gone:
    """The sandbox is gone with all that it forked. `status` is the exit status, negative for a signal."""

    reason: Reason
    status: int
    peak: int
    cpu: float


Message = Start | Run | Loosen | Freeze | End | Frozen | Gone
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (Start, Run, Loosen, Freeze, End, Frozen, Gone)}


def send(channel: socket.socket, message: Message) -> None:
    """Send one message."""
    channel.send(json.dumps([type(message).__name__, asdict(message)]).encode())


def receive(channel: socket.socket) -> Message | None:
    """The next message; None when the other side is gone."""
    try:
        data = channel.recv(LARGEST)
    except ConnectionError:
        return None
    if not data:
        return None
    kind, fields = json.loads(data)
    message: Message = _KINDS[kind](**fields)
    return message
