"""What the project declares: the last synthesis, as the overlay will make it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs import confine
from shopfast_obs.errors import ProjectError
from shopfast_obs.model.overlay import Overlay
from shopfast_obs.model.resources import Inventory, Resource
from shopfast_obs.settings import Settings

if TYPE_CHECKING:
    from shopfast_obs.cloud.deploy.assembly import Stack


def inventory(settings: Settings, *, may_run: bool) -> Inventory:
    """The resources of all stacks of the last synthesis with the overlay's changes; raises ProjectError without one.

    What the overlay has taken back since, the synthesised templates still have: then they are made anew, where the
    command `may_run` the application's code. One that only shows something never runs it, and says what to do.
    """
    from shopfast_obs.cloud.deploy.deployment import synthesise
    from shopfast_obs.cloud.synthesis.synth import OVERLAY
    from shopfast_obs.constructs.node import executable

    folder = settings.assembly_dir
    if not settings.app:
        raise ProjectError(
            f"There is no project in {settings.root}: no pyproject.toml names a CDK app.",
            "Name it: [tool.shopfast-obs] app = 'cdk/app.py'.",
        )
    if not folder.is_dir():
        raise ProjectError("The application was not synthesised yet.", "Run: shopfast-obs deploy")
    decided = overlay(settings)
    if not decided.covers(_read(folder / OVERLAY, "The overlay of the last synthesis")):
        if not may_run:
            raise ProjectError(
                "The overlay has less in it than at the last synthesis, and a command that only reads does not run the "
                "application to see what is left.",
                "Run: shopfast-obs deploy; or the command that makes the change (--apply, alarms apply).",
            )
        synthesise(settings, executable(), lambda _: None)  # deploy repeats what the app warns of
    return decided.over(_of_assembly(folder))


def synthesised(settings: Settings) -> Inventory | None:
    """The resources of all stacks of the last synthesis as they stand there; None without one."""

    folder = settings.assembly_dir
    return _of_assembly(folder) if (folder / "manifest.json").is_file() else None


def _of_assembly(folder: Path) -> Inventory:
    from shopfast_obs.analysis.wiring.stacks import joined
    from shopfast_obs.cloud.deploy.assembly import read

    return joined([part for stack in read(folder) for part in _parts(stack, {})])


def _parts(stack: Stack, parameters: Mapping[str, Any]) -> Iterator[Inventory]:
    """What a stack declares, and what those nested in it do."""
    from shopfast_obs.model.resources import NESTED
    from shopfast_obs.parse.templates.template import inventory as of_template
    from shopfast_obs.parse.templates.template import nested_gap

    part = of_template(stack.parsed, f"template {stack.name}", stack.name, parameters, stack.paths)
    read = {nested_gap(logical_id) for logical_id in stack.nested}
    folders = {asset.key: str(asset.path) for asset in stack.assets if asset.path.is_dir()}
    located = tuple(replace(r, code=folders.get(_key(r), r.code)) for r in part.resources)
    yield replace(part, resources=located, gaps=tuple(gap for gap in part.gaps if gap not in read))
    given = {resource.logical_id: resource.properties.get("Parameters") for resource in part.of_type(NESTED)}
    for logical_id, inner in stack.nested.items():
        said = given.get(logical_id)
        yield from _parts(inner, said if isinstance(said, Mapping) else {})


def _key(resource: Resource) -> str:
    """Under which key the code of a function was uploaded."""
    code = resource.properties.get("Code")
    key = code.get("S3Key") if isinstance(code, Mapping) else None
    return key if isinstance(key, str) else ""


def overlay(settings: Settings) -> Overlay:
    """The project's overlay, empty when there is no file."""
    return _read(settings.overlay_path, settings.overlay)


def _read(path: Path, source: str) -> Overlay:
    from shopfast_obs.parse.overlay import read

    return read(confine.content(path).decode("utf-8"), source) if path.exists() else Overlay()
