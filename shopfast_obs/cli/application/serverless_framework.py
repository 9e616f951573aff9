"""A serverless.yml as it is read: from what the framework packaged of it, where that is at hand and not older, else as
the framework would package it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shopfast_obs import confine
from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from shopfast_obs.parse.dialects.interface import Template
    from shopfast_obs.parse.templates.template_file import Document

PACKAGED = "cloudformation-template-update-stack.json"
NAMES = ("serverless.yml", "serverless.yaml")
STAGE = "ApiGatewayStage"  # the framework makes it after the deployment: no package has it
Read = Callable[[Path], str]


@dataclass
class ProjectFiles:
    """The files that a serverless.yml names, as far as they lie in its project."""

    file: Path
    read: Read
    named: list[Path] = field(default_factory=list)

    def __call__(self, path: str) -> str | None:
        """The text of one; None where nothing is there, and UserError for one that is not opened."""
        found = confine.within(confine.project(self.file.parent, Path.cwd()), self.file.parent, path)
        if isinstance(found, confine.Refused):
            raise UserError(f"{found.reason}.", confine.HINT)
        if not found.is_file():
            return None
        self.named.append(found)
        return self.read(found)


def template(file: Path, document: Document, read: Read, made: Mapping[Path, Path]) -> Template:
    """The template of a file in any dialect; `made` has the packages that the framework made just now, by the files
    that they are of."""
    from shopfast_obs.parse.dialects.interface import is_serverless
    from shopfast_obs.parse.templates.template import template_of

    beside = ProjectFiles(file, read)
    ours = template_of(document, beside)
    if not is_serverless(document.value):
        return ours
    package = made.get(file.resolve()) or _fresh(file, beside.named)
    return ours if package is None else _with(ours, package, read)


def _with(ours: Template, package: Path, read: Read) -> Template:
    """What was packaged, with the lines of the file that people write."""
    from shopfast_obs.parse.templates.template import read_template

    value = read_template(read(package), package)
    stage = {STAGE: ours.value["Resources"][STAGE]} if STAGE in ours.value["Resources"] else {}
    return replace(ours, value={**value, "Resources": {**stage, **value["Resources"]}}, gaps=())


def _fresh(file: Path, named: Sequence[Path]) -> Path | None:
    """The package beside the file that is not older than it and the files that it takes in."""
    package = file.parent / ".serverless" / PACKAGED
    try:
        newest = max(one.stat().st_mtime for one in (file, *named))
        return package if package.stat().st_mtime >= newest else None
    except OSError:
        return None


def told(files: Sequence[Path], read: Read, made: Mapping[Path, Path]) -> Iterator[str]:
    """Which of the two each serverless.yml was read as."""
    from shopfast_obs.parse.dialects.interface import is_serverless
    from shopfast_obs.parse.templates.template import template_of
    from shopfast_obs.parse.templates.template_file import read_document

    for file in files:
        if file.name not in NAMES:
            continue
        beside = ProjectFiles(file, read)
        try:
            document = read_document(read(file), str(file))
            if not is_serverless(document.value):
                continue
            template_of(document, beside)
        except UserError:
            continue  # said where it is read
        yield _sentence(file, beside.named, made)


def _sentence(file: Path, named: Sequence[Path], made: Mapping[Path, Path]) -> str:
    package = file.parent / ".serverless" / PACKAGED
    if file.resolve() in made:
        return f"{file} is read as the framework of this project packaged it just now."
    if _fresh(file, named):
        return f"{file} is read from what was packaged of it: {package}{_stage(package)}."
    older = f"{package} is older than it" if package.is_file() else "nothing is packaged beside it"
    return (
        f"{file} is read as the framework would package it ({older}). With what it says itself: "
        "`serverless package`, or --run-framework where it is installed in the project."
    )


def _stage(package: Path) -> str:
    """For which stage it was packaged, where the file beside it tells."""
    try:
        state = json.loads(confine.content(package.with_name("serverless-state.json")))
        stage = state["service"]["provider"]["stage"]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return ""
    return f", for the stage {stage[:60]}" if isinstance(stage, str) else ""
