"""What the host and the supervisor of one execution environment say to each other: one message a datagram.

The supervisor is a process of its own because it holds the sandbox to its limits with the precision of a millisecond,
which a thread of the cloud cannot: it would wait for the interpreter lock. Its modules (this one, supervisor, proctree,
throttle) import nothing that is slow to import, not even dataclasses, enum or json: those add 60 ms to a cold start.
"""

from __future__ import annotations

import marshal
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Reason = Literal["exit", "timeout", "memory", "ended"]

LARGEST = 1 << 20


class Start:
    """Start the runtime process; it must ask for its first event within `timeout` seconds, at `share` of a CPU."""

    def __init__(
        self, *, argv: list[str], environ: dict[str, str], cwd: str, memory: int, timeout: float, share: float
    ) -> None:
        self.argv = argv
        self.environ = environ
        self.cwd = cwd
        self.memory = memory  # bytes
        self.timeout = timeout
        self.share = share


class Run:
    """Let the sandbox run: at most `timeout` seconds, at `share` of a CPU (0: unlimited).

    `continues`: the start before it belongs to the same invocation.
    """

    def __init__(self, *, timeout: float, share: float, continues: bool) -> None:
        self.timeout = timeout
        self.share = share
        self.continues = continues


class Loosen:
    """Lift the CPU limit; the deadline stays."""


class Freeze:
    """Stop the sandbox until the next Run; answered with Frozen."""


class End:
    """End the sandbox (SIGTERM, then SIGKILL) and the supervisor."""


class Frozen:
    """The sandbox stands still. `peak` is the most memory it ever had (bytes), `cpu` the seconds used since Run.

    `waited`: seconds of the invocation in which it was ready to run and the machine had no core for it.
    """

    def __init__(self, *, peak: int, cpu: float, waited: float) -> None:
        self.peak = peak
        self.cpu = cpu
        self.waited = waited


class SandboxEnd:
    """The sandbox is gone with all that it forked. `status` is the exit status, negative for a signal."""

    def __init__(self, *, reason: Reason, status: int, peak: int = 0, cpu: float = 0.0, waited: float = 0.0) -> None:
        self.reason: Reason = reason
        self.status = status
        self.peak = peak
        self.cpu = cpu
        self.waited = waited


Message = Start | Run | Loosen | Freeze | End | Frozen | SandboxEnd
_KINDS = {kind.__name__: kind for kind in (Start, Run, Loosen, Freeze, End, Frozen, SandboxEnd)}


def send(channel: int, message: Message) -> None:
    """Send one message through a descriptor."""
    os.write(channel, marshal.dumps((type(message).__name__, vars(message))))


def receive(channel: int) -> Message | None:
    """The next message; None when the other side is gone."""
    try:
        data = os.read(channel, LARGEST)
    except ConnectionError:
        return None
    if not data:
        return None
    kind, fields = marshal.loads(data)  # noqa: S302 - between two processes of ours, of the same Python
    message: Message = _KINDS[kind](**fields)
    return message
