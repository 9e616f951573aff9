"""Changes a library as soon as somebody imports it, without importing it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Change = Callable[[Any], None]


def call(name: str, change: Change) -> None:
    """Call with the module of that name: now where it is loaded, else once it is."""
    module = sys.modules.get(name)
    if module is not None:
        with suppress(Exception):
            change(module)
        return
    finder = next((finder for finder in sys.meta_path if isinstance(finder, _AfterImport)), None)
    if finder is None:
        finder = _AfterImport()
        sys.meta_path.insert(0, finder)
    finder.changes.setdefault(name, []).append(change)


class _AfterImport:
    """A finder that finds nothing itself."""

    def __init__(self) -> None:
        self.changes: dict[str, list[Change]] = {}

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        """The module's own spec, with the changes behind its execution."""
        changes = self.changes.pop(name, None)
        if changes is None:
            return None
        if not self.changes:
            sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            for change in changes:
                with suppress(Exception):
                    change(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
