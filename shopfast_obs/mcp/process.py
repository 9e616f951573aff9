"""One command of this project, run as a process of its own.

A command of the command line may end its process, change its limits, wait, or fail: none of that may happen to the
server, which answers others meanwhile. A process has its own memory and standard streams, is ended when its time is
over, and is exactly what a person runs, so that an agent and a person see the same. It costs a third of
a second of processor time a call.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream, Process

from shopfast_obs.errors import UserError

MOST_BYTES = 32_000_000  # of a document


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: its exit code, its document, and what it said beside it."""

    code: int
    document: bytes
    said: str


async def run(command: Sequence[str], folder: Path, seconds: float, most: int = MOST_BYTES) -> Ran:
    """The command, run in the folder, without a shell and with nothing to read; raises UserError when it takes longer
    or writes more than it may."""
    process = await anyio.open_process(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        start_new_session=True,
    )
    try:
        with anyio.fail_after(seconds):
            return await _finished(process, most)
    except TimeoutError:
        raise UserError(
            f"The command took more than {seconds:g} s and was ended.",
            "Ask for less: a shorter `since`, a smaller `limit`, fewer files.",
        ) from None
    finally:
        _end(process)
        with anyio.CancelScope(shield=True):
            await process.aclose()


async def _finished(process: Process, most: int) -> Ran:
    assert process.stdout is not None
    assert process.stderr is not None
    parts: dict[str, bytes] = {}

    async def keep(name: str, stream: ByteReceiveStream) -> None:
        parts[name] = await _all(stream, most)

    async with anyio.create_task_group() as group:
        group.start_soon(keep, "document", process.stdout)
        group.start_soon(keep, "said", process.stderr)
    code = await process.wait()
    if len(parts["document"]) > most:
        raise UserError(
            f"The document has more than {most / 1e6:g} MB.",
            "Ask for less: a shorter `since`, a smaller `limit`, fewer files.",
        )
    return Ran(code, parts["document"], parts["said"].decode("utf-8", errors="replace"))


async def _all(stream: ByteReceiveStream, most: int) -> bytes:
    """What the stream gives; of what is too much only as much as shows that."""
    found = bytearray()
    async for part in stream:
        if len(found) <= most:
            found += part
    return bytes(found)


def _end(process: Process) -> None:
    """End the process and what it started, where it still runs."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
