"""The sources of the project's functions, read for what they say about their calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from shopfast_obs.settings import Settings

if TYPE_CHECKING:
    from shopfast_obs.model.resources import Inventory
    from shopfast_obs.model.sources import Source

LARGEST = 1_000_000  # bytes of a module that somebody wrote by hand


def read(settings: Settings, inventory: Inventory) -> Mapping[str, Source]:
    """The source of each function whose name has that of one of the project's service folders in it."""
    from shopfast_obs.model.resources import FUNCTION
    from shopfast_obs.parse.python_source import source

    folders = list(_services(settings))
    known: dict[Path, Source] = {}
    found: dict[str, Source] = {}
    for function in inventory.of_type(FUNCTION):
        own = [f for f in folders if _plain(f.name) in _plain(function.name) + " " + _plain(function.logical_id)]
        if own:
            folder = max(own, key=lambda f: len(f.name))  # `orders-api` before `orders`
            if folder not in known:
                known[folder] = source(dict(_texts(folder)))
            found[function.name] = known[folder]
    return found


def beside(inventory: Inventory) -> Mapping[str, Source]:
    """The source of each function of templates that names a folder on this machine."""
    from shopfast_obs.model.resources import FUNCTION
    from shopfast_obs.parse.python_source import source

    known: dict[str, Source] = {}
    found: dict[str, Source] = {}
    for function in inventory.of_type(FUNCTION):
        if function.code and Path(function.code).is_dir():
            if function.code not in known:
                known[function.code] = source(dict(_texts(Path(function.code))))
            found[function.name] = known[function.code]
    return found


def _services(settings: Settings) -> Iterator[Path]:
    for name in settings.services:
        folder = settings.path(name)
        if folder.is_dir():
            yield from (child for child in sorted(folder.iterdir()) if child.is_dir() and _plain(child.name))


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    from shopfast_obs.instrument.discover import python_files

    for path in python_files(folder):
        if path.stat().st_size <= LARGEST:
            yield str(path.relative_to(folder.parent)), path.read_text(encoding="utf-8", errors="replace")


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
