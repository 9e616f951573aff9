"""Whose the state folder of a local cloud is: of the user who made it, where they made it, and of the process that
holds it. Neither a copy of it nor one that came with a repository is taken for the cloud's own."""

from __future__ import annotations

import configparser
import errno
import os
import shlex
from pathlib import Path
from typing import IO

from shopfast_obs import confine, userkey
from shopfast_obs.errors import UserError

KEYS_FILE = "credentials"  # in the format of AWS's shared credentials files
LOCK_FILE = "state.lock"  # held by the cloud as long as it runs
PLACE = "shopfast_obs_place"  # in the credentials: the seal of their user over where they were made
FOLDER = "shopfast_obs_folder"  # the same over the folder's number on its disk, by which it may be moved there
LARGEST = 100_000  # bytes of a file that the cloud writes about itself


def seals(state: Path, secret: str) -> dict[str, str]:
    """What this user writes beside the secret of a cloud whose state they make in this folder."""
    return {name: userkey.seal(text) for name, text in _marks(state, secret).items()}


def keys(state: Path) -> tuple[str, str] | None:
    """The access key and the secret of the cloud whose state this user made in this folder; None where none was."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(content(state / KEYS_FILE))
        section = parser["default"]
        access_key, secret = section["aws_access_key_id"], section["aws_secret_access_key"]
        marks = _marks(state, secret)
    except (OSError, ValueError, KeyError, configparser.Error):
        return None
    # One is enough: a restored folder has another number, and a moved one another place.
    own = any(userkey.fits(text, section.get(name, "")) for name, text in marks.items())
    return (access_key, secret) if own else None


def _marks(state: Path, secret: str) -> dict[str, str]:
    """What tells this folder from a copy of it."""
    marks = {PLACE: str(state.resolve()), FOLDER: str(state.stat().st_ino)}
    return {name: f"{name}\0{secret}\0{mark}" for name, mark in marks.items()}


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
