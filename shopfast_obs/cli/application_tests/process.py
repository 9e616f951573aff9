"""One bounded run of a foreign process: its time, its output, and all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from shopfast_obs.model.records import record

OUTPUT = 64 * 1024  # bytes kept of what a run prints: the last ones
PIECE = 8192


@record
class Done:
    """What became of a run; `code` is None when its time was up."""

    code: int | None
    output: str


def run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float) -> Done:
    """Run to its end, or to the end of its time; nothing of its group is left running. Raises OSError where it cannot
    be started."""
    process = subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
        list(arguments),
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    tail = bytearray()
    reader = threading.Thread(target=_read, args=(process.stdout, tail), daemon=True)
    reader.start()
    code: int | None = None
    try:
        code = process.wait(max(seconds, 0.1))
    except subprocess.TimeoutExpired:
        pass
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    reader.join(1.0)  # a process that left the group may keep the pipe open
    return Done(code, bytes(tail).decode("utf-8", "replace"))


def _read(stream: IO[bytes] | None, tail: bytearray) -> None:
    assert stream is not None
    with stream, suppress(OSError, ValueError):
        while piece := os.read(stream.fileno(), PIECE):
            tail += piece
            del tail[:-OUTPUT]
