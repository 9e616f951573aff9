"""The documents of an assembly, as texts by their path."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shopfast_obs.model.resources import FUNCTION_VERSION

TEMPLATE = ".template.json"


class NotPossibleError(Exception):
    """Only the app can say what the assembly is now; the message says why."""


def read(output: Path) -> dict[Path, str]:
    """The documents of an assembly and of those in it, without the assets."""
    found: dict[Path, str] = {}
    for path in sorted(output.iterdir()):
        if path.is_dir() and path.name.startswith("assembly-"):
            found |= read(path)
        elif path.suffix == ".json" and not path.name.startswith("asset."):
            found[path] = path.read_text(encoding="utf-8")
    return found


def templates(texts: Mapping[Path, str]) -> dict[Path, dict[str, Any]]:
    """The templates among them."""
    return {path: json.loads(text) for path, text in texts.items() if path.name.endswith(TEMPLATE)}


def versioned(resources: Mapping[str, Any]) -> set[str]:
    """The functions that have versions: what a version is called follows from the code and settings of its function."""
    versions = (entry.get("Properties", {}) for entry in resources.values() if entry.get("Type") == FUNCTION_VERSION)
    named = (properties.get("FunctionName") for properties in versions)
    return {str(name.get("Ref")) if isinstance(name, Mapping) else str(name) for name in named}


def with_template_hashes(before: Mapping[Path, str], now: Mapping[Path, str]) -> dict[Path, str]:
    """The documents with the hashes of changed templates, which stand in manifests and in the templates around them."""
    texts = dict(now)
    keys = {path: _hash(text) for path, text in before.items() if path.name.endswith(TEMPLATE)}
    for path, key in keys.items():
        if texts[path] != before[path] and not any(key in other for other in before.values()):
            raise NotPossibleError(f"{path.name} goes by a hash that is not its content's")
    for _ in range(len(keys) + 1):
        stale = [path for path, key in keys.items() if _hash(texts[path]) != key]
        if not stale:
            return texts
        for path in stale:
            old, keys[path] = keys[path], _hash(texts[path])
            texts = {other: text.replace(old, keys[path]) for other, text in texts.items()}
    raise NotPossibleError("templates contain each other's hashes")


def write(before: Mapping[Path, str], now: Mapping[Path, str]) -> None:
    """Write those that are different from before."""
    for path, text in now.items():
        if before[path] != text:
            path.write_text(text, encoding="utf-8")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
