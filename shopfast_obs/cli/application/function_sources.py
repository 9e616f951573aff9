"""The sources of the project's functions, read for what they say about their calls."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from shopfast_obs import confine
from shopfast_obs.cli.application import sdk_versions
from shopfast_obs.settings import Settings

if TYPE_CHECKING:
    from shopfast_obs.model.changes import Skipped
    from shopfast_obs.model.resources import Inventory, Resource
    from shopfast_obs.model.sources import Package, Source
    from shopfast_obs.parse.python.aws_calls import Modules

LARGEST = 1_000_000  # bytes of a module that somebody wrote by hand


def read(settings: Settings, inventory: Inventory) -> Mapping[str, Source]:
    """What each function reaches of the project's folder that its code was made from, else of the service folder whose
    name is in its own."""
    from shopfast_obs.model.resources import FUNCTION

    folders, known, packaged = list(_services(settings)), _Folders(), _Packaged(settings, inventory)
    found: dict[str, Source] = {}
    for function in inventory.of_type(FUNCTION):
        named = [f for f in folders if _plain(f.name) in _plain(function.name) + " " + _plain(function.logical_id)]
        folder = packaged.origin(function) or max(named, key=lambda f: len(f.name), default=None)  # `orders-api` first
        source = known.source(folder, function) if folder else None
        if source is not None:
            found[function.name] = source
    return found


def beside(inventory: Inventory) -> Mapping[str, Source]:
    """What each function of templates reaches of the folder that its template names, or of its code in the template."""
    from shopfast_obs.model.resources import FUNCTION

    known = _Folders()
    found: dict[str, Source] = {}
    for function in inventory.of_type(FUNCTION):
        folder = Path(function.code) if function.code else None
        source = known.source(folder, function) if folder is not None and folder.is_dir() else None
        if source is None and (text := _inline(function)) is not None:
            from shopfast_obs.parse.python.aws_calls import source as of_texts

            source = of_texts({f"{function.logical_id or function.name}/index.py": text})
        if source is not None:
            found[function.name] = source
    return found


class _Folders:
    """The modules of folders, each read once for all functions that share it."""

    def __init__(self) -> None:
        self._modules: dict[Path, Modules] = {}
        self._packages: dict[Path, tuple[Package, ...]] = {}

    def source(self, folder: Path, function: Resource) -> Source | None:
        """What the function's handler reaches; everything where its configuration names none. None when the handler's
        module is not in the folder, or is no Python."""
        from shopfast_obs.diagnose.property_values import at, entries
        from shopfast_obs.parse.python.aws_calls import Modules

        runtime, handler = function.properties.get("Runtime"), _handler(function)
        if isinstance(runtime, str) and not runtime.startswith("python"):
            return None
        if folder not in self._modules:
            self._modules[folder] = Modules(*_texts(folder))
            self._packages[folder] = sdk_versions.packages(folder)
        modules = self._modules[folder]
        found = modules.reached(handler, folder.name) if handler else modules.source()
        if found is None:
            return None
        asked = entries(at(function, "Environment.Variables")).get("AWS_CONFIG_FILE")
        return replace(found, packages=self._packages[folder], sdk=sdk_versions.settings(folder, asked))


class _Packaged:
    """Which folder of the project the code of a function was made from, as the last synthesis took it."""

    def __init__(self, settings: Settings, inventory: Inventory) -> None:
        from shopfast_obs.analysis.wiring.counterparts import Counterparts
        from shopfast_obs.cli.application.synthesised import synthesised

        declared = synthesised(settings)
        self._declared = Counterparts(inventory, declared) if declared else None
        services = [settings.path(name) for name in settings.services]
        self._folders = [*services, *_services(settings)]

    def origin(self, function: Resource) -> Path | None:
        """The folder that has the very module of the handler; None where no folder of the services does."""
        declared = self._declared.of(function) if self._declared else None
        module = _handler(function).rpartition(".")[0].replace(".", "/")
        if declared is None or not declared.code or not module:
            return None
        taken = _content(Path(declared.code, f"{module}.py"))
        same = [folder for folder in self._folders if taken and _content(folder / f"{module}.py") == taken]
        return same[0] if len(same) == 1 else None


def _content(file: Path) -> bytes:
    """The bytes of a module; none where it is not there or not readable."""
    try:
        return confine.content(file, LARGEST)
    except OSError:
        return b""


def _inline(function: Resource) -> str | None:
    """The code that stands in the template, as Lambda makes a module `index` of it; None where there is none, or the
    template alone does not say it whole."""
    code, runtime = function.properties.get("Code"), function.properties.get("Runtime")
    text = code.get("ZipFile") if isinstance(code, Mapping) else None
    return text if isinstance(text, str) and str(runtime).startswith("python") else None


def _handler(function: Resource) -> str:
    """The handler of the application: a vendor's wrapper names it in the environment."""
    from shopfast_obs.analysis.tracers import WRAPPED
    from shopfast_obs.diagnose.property_values import at, entries

    variables = entries(at(function, "Environment.Variables"))
    said = next((variables[name] for name in WRAPPED if name in variables), function.properties.get("Handler"))
    return said if isinstance(said, str) else ""


def _services(settings: Settings) -> Iterator[Path]:
    for name in settings.services:
        folder = settings.path(name)
        if folder.is_dir():
            yield from (child for child in sorted(folder.iterdir()) if child.is_dir() and _plain(child.name))


def _texts(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The texts of the modules below the folder, and why others could not be read, by their paths."""
    from shopfast_obs.instrument.application.files import python_files

    skipped: list[Skipped] = []
    texts, unread = {}, {}
    for path in python_files(folder, skipped):
        name = str(path.relative_to(folder.parent))
        try:
            texts[name] = confine.content(path, LARGEST).decode("utf-8", errors="replace")
        except OSError as problem:
            unread[name] = f"it cannot be read: {problem.strerror}"
    unread |= {os.path.relpath(item.what, folder.parent): item.reason for item in skipped}
    return texts, unread


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
