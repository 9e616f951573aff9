"""Whose the state folder of a local cloud is: of the place where it was made, and of the process that holds it. Neither
a copy of it nor one that came with a repository is taken for the cloud's own."""

from __future__ import annotations

import configparser
import errno
import os
import shlex
from pathlib import Path
from typing import IO

from shopfast_obs import confine
from shopfast_obs.errors import UserError

KEYS_FILE = "credentials"  # in the format of AWS's shared credentials files
LOCK_FILE = "state.lock"  # held by the cloud as long as it runs
FOLDER = "shopfast_obs_folder"  # in the credentials: which folder they were made for
LARGEST = 100_000  # bytes of a file that the cloud writes about itself


def mark(state: Path) -> str:
    """What tells this folder from a copy of it: its number on its disk."""
    return str(state.stat().st_ino)


def keys(state: Path) -> tuple[str, str] | None:
    """The access key and the secret of the cloud whose state was made in this folder; None where none was."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(content(state / KEYS_FILE))
        section = parser["default"]
        if section.get(FOLDER) != mark(state):
            return None
        return section["aws_access_key_id"], section["aws_secret_access_key"]
    except (OSError, ValueError, KeyError, configparser.Error):
        return None


def is_held(state: Path) -> bool:
    """True while a cloud of this very folder runs; a dead one lets go by itself."""
    import fcntl

    try:
        with open(state / LOCK_FILE, "rb", opener=_opened) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def content(path: Path) -> str:
    """The text of a small regular file that the cloud wrote; raises OSError for a link, a pipe or a large one."""
    if path.is_symlink():
        raise OSError("it is a link")
    return confine.content(path, LARGEST).decode("utf-8")


def open_own(path: Path, mode: str) -> IO[str]:
    """Open a file for writing that only its owner may read; raises UserError for a link, which may lead anywhere, and
    for a pipe."""
    try:
        return open(path, mode, encoding="utf-8", opener=_opened)
    except OSError as problem:
        if problem.errno not in (errno.ELOOP, errno.ENXIO):
            raise
        raise UserError(
            f"{path} is a link or a pipe. It is not used.", f"Remove it: rm {shlex.quote(str(path))}"
        ) from None


def _opened(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
