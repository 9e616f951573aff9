"""Whose a journal entry is: this user's, at this place. A key that never leaves the user's own folder seals it."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from shopfast_obs import confine
from shopfast_obs.settings import user_data

KEY = "journal.key"
BYTES = 32
FIELD = "seal"


def sealed(document: Mapping[str, Any], place: Path) -> dict[str, Any]:
    """The document with a seal that holds for this user, this content and the journal at this place."""
    return {**document, FIELD: _seal(document, place)}


def fits(document: Mapping[str, Any], place: Path) -> bool:
    """True when this user sealed exactly this document for the journal at this place."""
    return hmac.compare_digest(str(document.get(FIELD, "")).encode(), _seal(document, place).encode())


def lasting() -> bool:
    """False when no key can be kept, so that a later command cannot tell that an entry is this user's."""
    return _key(user_data())[1]


def _seal(document: Mapping[str, Any], place: Path) -> str:
    content = {name: value for name, value in document.items() if name != FIELD}
    text = f"{place.resolve()}\0{json.dumps(content, sort_keys=True)}"
    return hmac.new(_key(user_data())[0], text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


@cache
def _key(folder: Path | None) -> tuple[bytes, bool]:
    """The user's key, made when there is none, and whether it is kept; else one of this process alone."""
    fresh = secrets.token_bytes(BYTES)
    if folder is None:
        return fresh, False
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / KEY).exists():
            _keep(folder, fresh)
        kept = confine.content(folder / KEY, BYTES)
    except OSError:
        return fresh, False
    return (kept, True) if len(kept) == BYTES else (fresh, False)


def _keep(folder: Path, key: bytes) -> None:
    """Write the key whole or not at all, readable by its owner alone; one that another process wrote first stays."""
    descriptor, temporary = tempfile.mkstemp(dir=folder)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        Path(folder / KEY).hardlink_to(temporary)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink(missing_ok=True)
