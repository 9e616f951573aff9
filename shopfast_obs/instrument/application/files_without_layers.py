"""Sources that functions load which get no layers: an import of ours would end each of their invocations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shopfast_obs.errors import ProjectError
from shopfast_obs.instrument.application.files import python_files
from shopfast_obs.instrument.application.service_discovery import declared
from shopfast_obs.instrument.interface import Codemod
from shopfast_obs.instrument.selection import Selection, sparing
from shopfast_obs.instrument.service import FileResult


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A function that is left as it is: the folder of its source, and its handler; empty for an image, which may load
    anything of its folder."""

    name: str
    folder: Path
    handler: str


def handlers(said: object, environment: Mapping[str, Any]) -> Iterator[str]:
    """The handler, and those that a vendor's wrapper takes from variables (`DD_LAMBDA_HANDLER`)."""
    variables = environment.get("Variables")
    named = variables.items() if isinstance(variables, Mapping) else ()
    yield from (
        value for value in (said, *(v for name, v in named if "HANDLER" in str(name))) if isinstance(value, str)
    )


def loaded(functions: Iterable[Unchanged]) -> dict[Path, str]:
    """The sources that these functions load, each with the name of one that does."""
    found: dict[Path, str] = {}
    for function in functions:
        for path in _loaded(function):
            found.setdefault(path, function.name)
    return found


def _loaded(function: Unchanged) -> Iterator[Path]:
    if not function.handler:
        yield from python_files(function.folder)
        return
    for service in declared(function.folder, {function.handler}).services:
        yield from (module.source.path for module in service.modules)


def without(codemods: Sequence[Codemod], spared: Mapping[Path, str]) -> Selection:
    """The codemods, which leave these sources alone."""
    every = frozenset(codemod.id for codemod in codemods)
    before = codemods.excluded if isinstance(codemods, Selection) else {}
    return sparing(codemods, {**before, **dict.fromkeys(spared, every)})


def told(files: Iterable[FileResult], spared: Mapping[Path, str]) -> Iterator[FileResult]:
    """The results, those of spared sources with the reason; raises ProjectError where one would change all the same."""
    for file in files:
        name = spared.get(file.path)
        if name is None:
            yield file
        elif file.status == "changed":
            raise ProjectError(
                f"{file.path} would import what {name} has not: its invocations would fail. Nothing was changed.",
                f"Give {name} sources of its own, or the layers that the others get.",
            )
        else:
            reason = f"{name} loads it too, and gets no layers: every invocation of it would fail"
            yield replace(file, status="skipped", reason=file.reason or reason)
