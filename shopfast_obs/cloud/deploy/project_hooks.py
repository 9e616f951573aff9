"""Code of the application that the settings name: how to load its data, which shoppers to send."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from shopfast_obs.errors import SettingsError


def module(root: Path, path: str) -> ModuleType:
    """The Python file of the project as a module; raises SettingsError when it is not there or does not load."""
    file = root / path
    name = f"_shopfast_hook_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if not file.is_file() or spec is None or spec.loader is None:
        raise SettingsError(f"There is no file {file}, which the settings name.", "See [tool.shopfast-obs].")
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded  # dataclasses look their module up there
    try:
        spec.loader.exec_module(loaded)
    except Exception as problem:
        raise SettingsError(f"{file} does not load: {problem!r}.", f"Run it alone: python {file}") from problem
    return loaded


def function(root: Path, reference: str) -> Any:  # noqa: ANN401 - its signature is the hook's
    """The function that `file.py:name` names."""
    path, _, name = reference.partition(":")
    found = getattr(module(root, path), name or "main", None)
    if not callable(found):
        raise SettingsError(f"{path} has no function {name!r}, which the settings name.", "See [tool.shopfast-obs].")
    return found
