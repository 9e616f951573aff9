"""The key of this user of this machine, with which they seal what is theirs. No repository can bring it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from functools import cache
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.settings import TABLE, user_data

FILE = "journal.key"  # it sealed the journal before anything else
BYTES = 32


def seal(text: str) -> str:
    """What only this user can say about a text; the key is made when there is none."""
    return _digest(_made(), text)


def fits(text: str, said: str) -> bool:
    """True when this user sealed the text; no key is made for that."""
    key = _kept() or _of_this_process()
    return hmac.compare_digest(said.encode("utf-8", "surrogatepass"), _digest(key, text).encode())


def lasting() -> bool:
    """False when no key can be kept, so that a later command cannot tell what is this user's."""
    return _made() != _of_this_process()


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


@cache
def _of_this_process() -> bytes:
    return secrets.token_bytes(BYTES)


def _places() -> list[Path]:
    """Where the key may lie: with the user's data, else among temporary files, until they are removed."""
    return [place for place in (user_data(), _temporary()) if place is not None]


def _temporary() -> Path:
    return Path(tempfile.gettempdir()) / f"{TABLE}-{os.getuid() if hasattr(os, 'getuid') else ''}"


def _kept() -> bytes | None:
    for place in _places():
        if (key := _read(place)) is not None:
            return key
    return None


def _read(place: Path) -> bytes | None:
    """The key that lies in a folder of this user's; None for a folder in which somebody else could have put it."""
    try:
        if place == _temporary() and not _is_own(place):
            return None
        key = confine.content(place / FILE, BYTES)
    except OSError:
        return None
    return key if len(key) == BYTES else None


def _made() -> bytes:
    """The key that is kept, one that is kept from now on, or that of this process alone."""
    if (key := _kept()) is not None:
        return key
    for place in _places():
        try:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            if place != _temporary() or _is_own(place):
                _keep(place, secrets.token_bytes(BYTES))
        except OSError:
            continue
        if (key := _read(place)) is not None:
            return key
    return _of_this_process()


def _is_own(folder: Path) -> bool:
    """True for a folder, no link, that belongs to this user and that nobody else may enter."""
    found = folder.lstat()
    mine = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return stat.S_ISDIR(found.st_mode) and mine and not found.st_mode & 0o077


def _keep(folder: Path, key: bytes) -> None:
    """Write the key whole or not at all, readable by its owner alone; one that another process wrote first stays."""
    descriptor, temporary = tempfile.mkstemp(dir=folder)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        Path(folder / FILE).hardlink_to(temporary)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink(missing_ok=True)
