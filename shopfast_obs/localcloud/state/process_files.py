"""The files by which a cloud in the background is known: who it is, where it listens, who may start it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from shopfast_obs import ownership
from shopfast_obs.errors import BusyError

INFO = "cloud.json"
LOG = "cloud.log"
LAST_LOG = "cloud.last.log"  # of the life before: a crash says there what it was
PORT = "port"
START_LOCK = "start.lock"
STATE_LOCK = ownership.LOCK_FILE
LOCK_SECONDS = 60.0
LARGEST_PID = 1 << 31
LATEST = 1e11  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Record:
    """What a cloud writes about itself. `process_started` tells it from a later process with the same number."""

    pid: int
    port: int
    process_started: float
    started: float
    version: str = ""
    xray_address: str = ""
    region: str = ""


def write_own(state: Path, port: int, version: str, xray_address: str, region: str) -> None:
    """Write this process down as the cloud of `state`."""
    import psutil

    born = psutil.Process().create_time()
    record = Record(os.getpid(), port, born, time.time(), version, xray_address, region)
    _write(state / INFO, json.dumps(asdict(record)))
    _write(state / PORT, str(port))


def remove_own(state: Path) -> None:
    """Take the note of this process back; a note of another cloud stays."""
    record = read(state)
    if record is not None and record.pid == os.getpid():
        (state / INFO).unlink(missing_ok=True)


def read(state: Path) -> Record | None:
    """What the last cloud wrote, or None when there is nothing that can be read."""
    try:
        record = Record(**json.loads(ownership.content(state / INFO)))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return record if _sound(record) else None


def _sound(record: Record) -> bool:
    """False for a record that no cloud has written."""
    numbers = (record.pid, record.port)
    times = (record.process_started, record.started)
    texts = (record.version, record.xray_address, record.region)
    return (
        all(type(number) is int and 0 < number < LARGEST_PID for number in numbers)
        and all(type(time) in (int, float) and 0 <= time < LATEST for time in times)
        and all(isinstance(text, str) for text in texts)
    )


def last_port(state: Path) -> int | None:
    """The port of the last cloud with this state."""
    try:
        return int(ownership.content(state / PORT))
    except (OSError, ValueError):
        return None


def alive(record: Record) -> bool:
    """True when the process that wrote the record still runs."""
    import psutil

    try:
        process = psutil.Process(record.pid)
        same = abs(process.create_time() - record.process_started) < 0.05
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def end(pid: int, seconds: float) -> None:
    """Ask a process to end, insist after `seconds`, and wait until it and its descendants are gone."""
    import psutil

    try:
        process = psutil.Process(pid)
        descendants = process.children(recursive=True)
        process.terminate()
    except psutil.NoSuchProcess:
        return
    _, left = psutil.wait_procs([process], timeout=seconds)
    _, left_too = psutil.wait_procs(descendants, timeout=0.5)
    for survivor in (*left, *left_too):
        with contextlib.suppress(psutil.NoSuchProcess):
            survivor.kill()
    psutil.wait_procs([*left, *left_too], timeout=5)


@contextlib.contextmanager
def lock(state: Path, name: str = START_LOCK, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold a lock of the state folder; raises BusyError when another process holds it for too long."""
    with ownership.open_own(state / name, "a") as file:
        deadline = time.monotonic() + seconds
        while not _locked(file.fileno()):
            if time.monotonic() >= deadline:
                raise BusyError(f"Another process holds {state / name}.", "Wait for it, then run the command again.")
            time.sleep(0.05)
        yield


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(path: Path, content: str) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    with ownership.open_own(temporary, "x") as file:
        file.write(content)
    temporary.replace(path)
