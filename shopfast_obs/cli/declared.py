"""What the project declares: the last synthesis, as the overlay will make it."""

from __future__ import annotations

from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.errors import ProjectError
from shopfast_obs.model.overlay import Overlay
from shopfast_obs.model.resources import Inventory
from shopfast_obs.settings import Settings


def inventory(settings: Settings, *, may_run: bool) -> Inventory:
    """The resources of all stacks of the last synthesis with the overlay's changes; raises ProjectError without one.

    What the overlay has taken back since, the synthesised templates still have: then they are made anew, where the
    command `may_run` the application's code. One that only shows something never runs it, and says what to do.
    """
    from shopfast_obs.analysis.wiring.stacks import joined
    from shopfast_obs.cloud.assembly import read
    from shopfast_obs.cloud.deployment import SYNTHESISED_OVERLAY, assembly_dir, synthesise
    from shopfast_obs.constructs.node import executable
    from shopfast_obs.parse.template import inventory as of_template

    folder = assembly_dir(settings)
    if not settings.app:
        raise ProjectError(
            f"There is no project in {settings.root}: no pyproject.toml names a CDK app.",
            "Name it: [tool.shopfast-obs] app = 'cdk/app.py'.",
        )
    if not folder.is_dir():
        raise ProjectError("The application was not synthesised yet.", "Run: shopfast-obs deploy")
    decided = overlay(settings)
    if not decided.covers(_read(folder / SYNTHESISED_OVERLAY, "The overlay of the last synthesis")):
        if not may_run:
            raise ProjectError(
                "The overlay has less in it than at the last synthesis, and a command that only reads does not run the "
                "application to see what is left.",
                "Run: shopfast-obs deploy; or the command that makes the change (--apply, alarms apply).",
            )
        synthesise(settings, executable(), lambda _: None)  # deploy repeats what the app warns of
    found = [
        of_template(stack.parsed, f"template {stack.name}", stack.name, paths=stack.paths) for stack in read(folder)
    ]
    return decided.over(joined(found))


def overlay(settings: Settings) -> Overlay:
    """The project's overlay, empty when there is no file."""
    return _read(settings.overlay_path, settings.overlay)


def _read(path: Path, source: str) -> Overlay:
    from shopfast_obs.parse.overlay import read

    return read(confine.content(path).decode("utf-8"), source) if path.exists() else Overlay()
