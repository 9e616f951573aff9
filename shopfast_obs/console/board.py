"""What the page shows, in named parts; each has a number that grows whenever the part changes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import orjson

from shopfast_obs.report.json import document, escaped
from shopfast_obs.report.masking import masked


class Board:
    """Written by the observer's threads, read by every viewer. Secrets are masked before anything is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: dict[str, tuple[int, str]] = {}
        self._version = 0

    def put(self, name: str, content: Any) -> None:  # noqa: ANN401 - any view
        """Show this part from now on; nothing happens where it is shown already."""
        text = escaped(orjson.dumps(document(masked(content))).decode())
        with self._lock:
            if name not in self._parts or self._parts[name][1] != text:
                self._version += 1
                self._parts[name] = (self._version, text)

    def since(self, version: int) -> tuple[int, Mapping[str, str]]:
        """The newest number, and the parts that changed after that one, as JSON."""
        with self._lock:
            return self._version, {name: text for name, (number, text) in self._parts.items() if number > version}
