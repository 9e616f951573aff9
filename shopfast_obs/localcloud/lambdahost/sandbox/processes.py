"""One execution environment's processes as the host sees them: supervisor, runtime below it, Runtime API and a pipe.

Nothing runs here between invocations: the caller's thread drives the sandbox while it invokes, then all stands still.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import shopfast_obs
from shopfast_obs.localcloud.lambdahost.sandbox import protocol
from shopfast_obs.localcloud.lambdahost.sandbox.output import Decoder, Record
from shopfast_obs.localcloud.lambdahost.sandbox.protocol import Freeze, Frozen, Loosen, Run, SandboxEnd, Start
from shopfast_obs.localcloud.lambdahost.sandbox.runtime_api import Call, RuntimeApi

PIPE_SIZE = 1 << 18
CHUNK = 1 << 16
ROOT = Path(shopfast_obs.__file__).parents[1]
BOOT = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from {__package__}.supervisor import main; main()"
PATIENCE = 20.0  # seconds that a supervisor gets to end; then it is killed, and the runtime dies with it


@dataclass(frozen=True, slots=True)
class Command:
    """What to execute as the runtime process."""

    argv: Sequence[str]
    cwd: str
    memory: int  # bytes


class Sandbox:
    """Starts, runs, freezes and ends the runtime process. `on_output` gets what it writes, `on_idle` is called a few
    times a second while a call is waited for."""

    def __init__(
        self, interpreter: str, on_output: Callable[[list[Record]], None], on_idle: Callable[[], None]
    ) -> None:
        self._on_output = on_output
        self._on_idle = on_idle
        self._decoder = Decoder()
        self._selector = selectors.DefaultSelector()
        self.api = RuntimeApi(self._selector)
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._output, output = os.pipe()
        os.set_blocking(self._output, False)
        with contextlib.suppress(OSError):  # a user has an allowance of pipe memory
            fcntl.fcntl(self._output, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        self._selector.register(self._channel, selectors.EVENT_READ)
        self._selector.register(self._output, selectors.EVENT_READ)
        with theirs:
            self._process = self._spawn(interpreter, theirs.fileno(), output)
        os.close(output)

    @staticmethod
    def _spawn(interpreter: str, channel: int, output: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
            [interpreter, "-I", "-S", "-c", BOOT, str(channel), str(output)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(channel, output),
            start_new_session=True,
            env={},
            cwd="/",
        )

    def start(self, command: Command, environ: Mapping[str, str], *, timeout: float, share: float) -> None:
        """Start a runtime process; its first call, or its end, is the next that `wait` returns."""
        self._decoder = Decoder()
        order = Start(
            argv=list(command.argv),
            environ=dict(environ),
            cwd=command.cwd,
            memory=command.memory,
            timeout=timeout,
            share=share,
        )
        self._tell(order)

    def run(self, *, timeout: float, share: float, continues: bool) -> None:
        """Let the runtime run, for at most `timeout` seconds; `continues`: it was started for this invocation."""
        self._tell(Run(timeout=timeout, share=share, continues=continues))

    def loosen(self) -> None:
        """Let the runtime find its way to the next event without a CPU limit."""
        self._tell(Loosen())

    def freeze(self) -> Frozen | SandboxEnd:
        """Stop the runtime where it is; what it used, or that it died before."""
        self._tell(Freeze())
        while True:
            for key, _ in self._selector.select(PATIENCE):
                if key.fileobj is self._channel:
                    return self._heard()
                if key.fileobj == self._output:
                    self._read_output()

    def wait(self) -> Call | SandboxEnd:
        """The next thing that the runtime says or suffers, after all that it wrote before."""
        tick = time.monotonic() + 0.2
        while True:
            for key, _ in self._selector.select(max(0.0, tick - time.monotonic())):
                if key.fileobj == self._output:
                    self._read_output()
                elif key.fileobj is self._channel:
                    if isinstance(heard := self._heard(), SandboxEnd):
                        return heard
                elif (call := self.api.read(key)) is not None:
                    self._drain()
                    return call
            if time.monotonic() >= tick:
                self._on_idle()
                tick = time.monotonic() + 0.2

    def ask_to_end(self) -> None:
        """Begin to end the sandbox; safe from any thread."""
        with contextlib.suppress(OSError):
            protocol.send(self._channel.fileno(), protocol.End())

    def close(self) -> None:
        """End the sandbox and wait until nothing of it runs."""
        self.ask_to_end()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.api.close()
        self._selector.close()
        self._channel.close()
        os.close(self._output)

    def _tell(self, message: protocol.Message) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionError):  # then `wait` finds the end
            protocol.send(self._channel.fileno(), message)

    def _heard(self) -> Frozen | SandboxEnd:
        message = protocol.receive(self._channel.fileno())
        if isinstance(message, Frozen):
            return message
        self._drain()
        self._on_output(self._decoder.flush())
        self.api.forget()
        if isinstance(message, SandboxEnd):
            return message
        return SandboxEnd(reason="ended", status=-9)

    def _read_output(self) -> int:
        try:
            chunk = os.read(self._output, CHUNK)
        except BlockingIOError:
            return 0
        records = self._decoder.feed(chunk)
        if records:
            self._on_output(records)
        return len(chunk)

    def _drain(self) -> None:
        """Read what was written so far; what a busy thread goes on writing is not waited for."""
        left = 4 * PIPE_SIZE
        while left > 0 and (read := self._read_output()):
            left -= read


def interpreter() -> str:
    """The Python that runs functions: the one below any virtual environment, which knows none of our packages."""
    base: str = getattr(sys, "_base_executable", None) or sys.executable
    return os.path.realpath(base)
