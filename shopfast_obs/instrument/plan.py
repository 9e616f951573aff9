"""`instrument` as a plan: sources through the codemods, and what they need into the overlay."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shopfast_obs.instrument import overlay as needs
from shopfast_obs.instrument import service as services
from shopfast_obs.instrument import workflows
from shopfast_obs.instrument.discover import Discovery, discover
from shopfast_obs.instrument.interface import Codemod
from shopfast_obs.instrument.service import FileResult
from shopfast_obs.model.changes import FileChange, Plan, Skipped
from shopfast_obs.model.overlay import Overlay
from shopfast_obs.model.resources import Inventory
from shopfast_obs.parse import overlay as overlay_text

COMMAND = "instrument"


@dataclass(frozen=True, slots=True)
class Instrumentation:
    """The plan, the folder that its paths start from, and what becomes of each file that was looked at."""

    plan: Plan
    root: Path
    files: tuple[FileResult, ...] = field(default=())


def for_paths(paths: Sequence[Path], root: Path, codemods: Sequence[Codemod]) -> Instrumentation:
    """The plan for plain files and folders, without any cloud or template: only their sources change."""
    paths = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - a link given as a path stays one
    base = root if all(path.is_relative_to(root) for path in paths) else common(paths)
    definitions = _definitions(paths, codemods)
    others = [path for path in paths if not path.name.endswith(workflows.SUFFIXES)]
    files = _files(discover(others), codemods) if others else ()
    return _assembled((*files, *definitions), base, ())


def for_project(
    folders: Sequence[Path], root: Path, inventory: Inventory, overlay_path: Path, codemods: Sequence[Codemod]
) -> Instrumentation:
    """The plan for the project: the sources in its services' folders, and its overlay for the declared functions."""
    found = discover(folders, needs.handler_names(inventory))
    above = dict.fromkeys(folder.parent.parent for folder in folders)  # workflows lie beside the services
    files = (*_files(found, codemods), *_definitions([path for path in above if path.is_relative_to(root)], codemods))
    before = overlay_path.read_bytes() if overlay_path.exists() else None
    old = overlay_text.read(before.decode("utf-8"), str(overlay_path)) if before is not None else Overlay()
    changes = needs.wanted(inventory, found.handlers())
    new = needs.merged(old, changes)
    if new == old:
        return _assembled(files, root, ())
    after = overlay_text.write(new).encode()
    result = FileResult(overlay_path, "changed", ("overlay",), before=before, after=after)
    return _assembled((*files, result), root, tuple(needs.sentences(changes)))


def _files(found: Discovery, codemods: Sequence[Codemod]) -> tuple[FileResult, ...]:
    files = [FileResult(Path(item.what), "skipped", reason=item.reason) for item in found.skipped]
    seen: dict[Path, FileResult] = {}
    for service in found.services:
        for result in services.instrument(service, codemods):
            seen.setdefault(result.path, result)
    return (*files, *seen.values())


def _definitions(paths: Sequence[Path], codemods: Sequence[Codemod]) -> tuple[FileResult, ...]:
    """What becomes of the workflow definitions, where the functions will read what they are told."""
    if not any(codemod.id == workflows.CODEMOD for codemod in codemods):
        return ()
    return tuple(workflows.instrument(path) for path in workflows.find(paths))


def _assembled(files: Sequence[FileResult], root: Path, effects: tuple[str, ...]) -> Instrumentation:
    changes = tuple(
        FileChange(os.path.relpath(f.path, root), f.before, f.after, ", ".join(f.codemods))
        for f in files
        if f.status == "changed"
    )
    skipped = tuple(Skipped(os.path.relpath(f.path, root), f.reason) for f in files if f.reason)
    return Instrumentation(Plan(COMMAND, changes, effects, skipped), root, tuple(files))


def common(paths: Sequence[Path]) -> Path:
    """The folder that all paths lie in."""
    shared = Path(os.path.commonpath(paths))
    return shared if shared.is_dir() else shared.parent
