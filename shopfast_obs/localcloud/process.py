"""The cloud as a process in the background: start it once, know it again, end it completely."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs import confine, ownership
from shopfast_obs.environments.interface import Say
from shopfast_obs.errors import CloudUnreachableError, UserError
from shopfast_obs.localcloud.gateway import credentials
from shopfast_obs.localcloud.gateway.listener import listening
from shopfast_obs.localcloud.state.process_files import (
    INFO,
    LAST_LOG,
    LOG,
    START_LOCK,
    STATE_LOCK,
    Record,
    alive,
    end,
    last_port,
    lock,
    read,
)

if TYPE_CHECKING:
    from shopfast_obs.localcloud.installation import Installation

DEFAULT_PORT = 4566
LETTING_GO = 3.0  # seconds that a killed process may hold its port
READY_SECONDS = 120.0  # a start takes 2 s, on a busy machine many times that; one that ends early is told at once
STOP_SECONDS = 20.0
LOG_LINES = 15
LEAST_SPACE = 1_000_000  # bytes without which no cloud starts
LARGEST_LOG = 1_000_000_000  # bytes
BEFORE_KEYS = frozenset({START_LOCK, STATE_LOCK, LOG, LAST_LOG, credentials.DRAFT})  # of a start that failed early
MODULE = "shopfast_obs.localcloud"


@dataclass(frozen=True, slots=True)
class Using:
    """What a cloud starts with: the version of boto3 that its functions find (empty: the default), and who hears how
    far the first start is, which makes environments."""

    boto3: str = ""
    say: Say = lambda _: None


@dataclass(frozen=True, slots=True)
class CloudInfo:
    """A cloud that runs."""

    pid: int
    port: int
    endpoint_url: str
    state: Path
    log_path: Path
    started: float = 0.0  # epoch seconds
    version: str = ""
    xray_address: str = ""
    region: str = ""


def status(state: Path) -> CloudInfo | None:
    """The cloud whose state lies there, or None when none runs; a file that a dead cloud left, or that came with a copy
    or a repository, is removed."""
    record = read(state)
    if record is None:
        return None
    if not (ownership.is_held(state) and alive(record)):
        (state / INFO).unlink(missing_ok=True)
        return None
    return _info(state, record)


def start(
    state: Path,
    port: int | None = None,
    region: str = "us-east-1",
    *,
    module: str = MODULE,
    adopt: bool = False,
    using: Using = Using(),
) -> CloudInfo:
    """A cloud that is ready: the one that runs already, or a new one; port 0 is any free one. Raises UserError
    for a port in use, and CloudUnreachableError with the end of the log when it does not come up. With `adopt` a state
    that was made elsewhere gets keys of its own."""
    state = state.resolve()
    if status(state) is None:
        _prepared(using)  # takes long the first time, so nobody waits for the lock
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    state.chmod(0o700)
    with lock(state):
        running = _lasting(state)
        if running is None:
            if adopt and credentials.load(state) is None:
                (state / credentials.FILE).unlink(missing_ok=True)
            elif not adopt:
                _require_own(state)
            with _listener(state, port) as listener:
                return _spawn(state, listener, region, module, _prepared(using))
        if port and port != running.port:
            raise UserError(
                f"The local cloud of {state} runs already, on port {running.port}.",
                "Stop it first: shopfast-obs cloud stop",
            )
        return running


def _prepared(using: Using) -> Installation:
    from shopfast_obs.localcloud import installation  # not for a cloud that runs already

    return installation.prepared(using.boto3, using.say)


def _require_own(state: Path) -> None:
    """Raises UserError for a state that was made elsewhere: somebody else knows its keys, and chose what runs in it."""
    if credentials.load(state) is None and any(path.name not in BEFORE_KEYS for path in state.iterdir()):
        raise UserError(
            f"The state in {state} was not made there by you: it is a copy, or came with a repository. It is not used.",
            "Begin with an empty one, in that folder: shopfast-obs cloud reset. Or, when it is yours, and what is "
            "deployed in it may run: shopfast-obs cloud start --adopt",
        )


def _lasting(state: Path) -> CloudInfo | None:
    """The cloud that runs; one that was killed takes a moment to be gone, and does not answer meanwhile."""
    ends = time.monotonic() + LETTING_GO
    while (running := status(state)) is not None and health(running) is None and time.monotonic() < ends:
        time.sleep(0.05)
    return running


def stop(state: Path) -> CloudInfo | None:
    """End the cloud cleanly and wait until it and all that it started are gone; the cloud that ran, or None."""
    if not state.exists():
        return None
    with lock(state):
        running = status(state)
        if running is not None:
            end(running.pid, STOP_SECONDS)
            (state / INFO).unlink(missing_ok=True)
        return running


def reset(state: Path, region: str = "us-east-1", using: Using = Using()) -> CloudInfo | None:
    """Empty the cloud: stop it, forget its state, and start it again on its port when it ran."""
    ran = stop(state)
    for entry in state.iterdir() if state.exists() else ():
        if entry.name == credentials.FILE and credentials.load(state):  # shells that have them keep their way in
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    return start(state, ran.port, ran.region or region, using=using) if ran else None


def health(info: CloudInfo) -> dict[str, Any] | None:
    """What the cloud says of itself, or None when it does not answer."""
    known = credentials.load(info.state)
    if known is None:
        return None
    connection = http.client.HTTPConnection("127.0.0.1", info.port, timeout=5)
    try:
        headers = credentials.signed("GET", f"{info.endpoint_url}/_shopfast/health", b"", known.keys())
        connection.request("GET", "/_shopfast/health", headers=headers)
        document = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return document if isinstance(document, dict) else None


def tail(state: Path, lines: int, name: str = LOG) -> list[str]:
    """The last lines of the cloud's log, or of the one before (LAST_LOG)."""
    try:
        if (state / name).is_symlink():
            return []
        content = confine.content(state / name, LARGEST_LOG).decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    return content.splitlines()[-lines:] if lines > 0 else []


def describe(info: CloudInfo) -> dict[str, Any]:
    """The cloud as JSON-able fields."""
    return {key: str(value) if isinstance(value, Path) else value for key, value in asdict(info).items()}


def _info(state: Path, record: Record) -> CloudInfo:
    url = f"http://127.0.0.1:{record.port}"
    details = (record.started, record.version, record.xray_address, record.region)
    return CloudInfo(record.pid, record.port, url, state, state / LOG, *details)


def _listener(state: Path, wanted: int | None) -> socket.socket:
    """Where the new cloud listens: at the wanted port (0 is any), else at the last one of this state, because URLs of
    what is deployed hold it, else where AWS tools look for a local cloud, else anywhere."""
    last = last_port(state)
    if wanted is not None:
        opened = _let_go(wanted) if wanted == last else _listening(wanted)
        if opened is None:
            raise UserError(
                f"Port {wanted} is in use by another program.", "Choose another: shopfast-obs cloud start --port 4567"
            )
        return opened
    return (_let_go(last) if last else None) or _listening(DEFAULT_PORT) or listening(0)


def _let_go(port: int) -> socket.socket | None:
    """The port, once it is let go: a cloud that was killed takes a moment to be gone. None when another keeps it."""
    ends = time.monotonic() + LETTING_GO
    while (opened := _listening(port)) is None and time.monotonic() < ends:
        time.sleep(0.05)
    return opened


def _listening(port: int) -> socket.socket | None:
    try:
        return listening(port)
    except (OSError, OverflowError):
        return None


def _spawn(state: Path, listener: socket.socket, region: str, module: str, by: Installation) -> CloudInfo:
    """The cloud that got the listener: nobody else can take its port between a look at it and the start."""
    environment = {**os.environ, "PYTHONPATH": by.search_path(os.getenv("PYTHONPATH", ""))}
    arguments = ["--listener", str(listener.fileno()), "--state", str(state), "--region", region]
    arguments += ["--libraries", str(by.libraries)]
    with contextlib.suppress(FileNotFoundError):
        (state / LOG).replace(state / LAST_LOG)
    with ownership.open_own(state / LOG, "w") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [str(by.python), "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=state,
            pass_fds=[listener.fileno()],
            start_new_session=True,  # a Ctrl-C in the shell is not meant for it
        )
    with _ended_on_failure(process):
        return _wait_until_ready(process, state, listener.getsockname()[1])


@contextlib.contextmanager
def _ended_on_failure(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
        process.wait()
        raise


def _wait_until_ready(process: subprocess.Popen[bytes], state: Path, port: int) -> CloudInfo:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise _failed(state, "The local cloud did not start.")
        record = read(state)
        if record is not None and record.pid == process.pid:
            info = _info(state, record)
            answer = health(info)
            if answer and answer.get("ready"):
                return info
        time.sleep(0.02)
    raise _failed(state, f"The local cloud was not ready within {READY_SECONDS:.0f} s on port {port}.")


def _failed(state: Path, sentence: str) -> CloudUnreachableError:
    if shutil.disk_usage(state).free < LEAST_SPACE:  # its last words found no room either
        return CloudUnreachableError(
            f"{sentence} There is no space left on the disk of {state}.", "Free some space, then run the command again."
        )
    reason = "\n".join(tail(state, LOG_LINES))
    return CloudUnreachableError(
        f"{sentence} Its last words:\n{reason}" if reason else sentence, "See the whole log: shopfast-obs cloud logs"
    )
