"""Facts of AWS that change: each file says from where and of which day it is."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def facts(name: str) -> dict[str, Any]:
    """A file of this folder by its name without `.json`: `source`, `as_of` (the day), and its table."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
    return found
