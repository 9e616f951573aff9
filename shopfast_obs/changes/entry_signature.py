"""Whose a journal entry is: this user's, at this place. A key that never leaves the user's own folder seals it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shopfast_obs import userkey

FIELD = "seal"


def sealed(document: Mapping[str, Any], place: Path) -> dict[str, Any]:
    """The document with a seal that holds for this user, this content and the journal at this place."""
    return {**document, FIELD: userkey.seal(_text(document, place))}


def fits(document: Mapping[str, Any], place: Path) -> bool:
    """True when this user sealed exactly this document for the journal at this place."""
    return userkey.fits(_text(document, place), str(document.get(FIELD, "")))


def _text(document: Mapping[str, Any], place: Path) -> str:
    content = {name: value for name, value in document.items() if name != FIELD}
    return f"{place.resolve()}\0{json.dumps(content, sort_keys=True)}"
