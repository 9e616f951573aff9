"""`uninstrument`: what `instrument` added comes out of sources, workflows and overlay; what people did since stays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.targets import interrupted_changes
from shopfast_obs.errors import EXIT_FINDINGS, ProjectError
from shopfast_obs.model.counts import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shopfast_obs.instrument.plan import Instrumentation
    from shopfast_obs.settings import Settings


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(exists=True, path_type=Path))
@options.modes()
@options.output("text", "json")
@pass_app
def command(app: App, *, paths: tuple[Path, ...], mode: str, output_format: str) -> None:
    """Take out what `instrument` added, and nothing else.

    Unlike `undo` it keeps what was written since. Without a PATH: the project's services and its overlay. Where no
    journal tells what was there before, decorators, objects and imports go; log calls stay log calls, with the logger
    that they need, and moved clients stay where they are. What stays is named, and the exit code is 1.

    \b
    Examples:
      shopfast-obs uninstrument
      shopfast-obs uninstrument --apply
      shopfast-obs uninstrument src/handlers --apply
    """
    from shopfast_obs.changes import engine
    from shopfast_obs.instrument.plan import common
    from shopfast_obs.instrument.removal.uninstrument import COMMAND, plan

    settings = app.settings
    if mode == "apply":
        interrupted_changes.finish(app)
    else:
        interrupted_changes.mention(app)
    folders = _folders(paths, settings)
    root = settings.root.resolve()
    base = root if all(folder.is_relative_to(root) for folder in folders) else common(folders)
    recorded = engine.recorded(settings.state_dir, "instrument", COMMAND)
    planned = plan(folders, base, recorded, None if paths else settings.overlay_path.resolve())
    applied = None
    if mode == "apply" and not planned.plan.empty:
        applied = engine.apply(planned.plan, planned.root, settings.state_dir, project=root).id
    files = [
        {"path": str(file.path), "status": file.status, "reason": file.reason}
        for file in planned.files
        if file.status != "unchanged"
    ]
    if output_format == "json":
        app.terminal.json({"mode": mode, "applied": applied, "files": files})
    else:
        if mode == "diff":
            app.terminal.diff(engine.diff(planned.plan))
        for file in planned.files:
            if file.reason:
                app.terminal.warn(f"{file.path}: {file.status}: {file.reason}")
        _say(app, planned, mode, applied)
    if any(file.reason for file in planned.files):
        app.exit(EXIT_FINDINGS)


def _folders(paths: Sequence[Path], settings: Settings) -> list[Path]:
    """The paths, or the project's services and what lies beside them, such as workflows."""
    if paths:
        return [path.resolve() for path in paths]
    if not settings.services:
        raise ProjectError(
            f"{settings.root} does not say where its services are.",
            "Name a PATH, or set `services` in [tool.shopfast-obs] of pyproject.toml.",
        )
    services = [settings.path(folder).resolve() for folder in settings.services]
    return list(
        dict.fromkeys(folder.parent for folder in services if folder.parent.is_relative_to(settings.root.resolve()))
    )


def _say(app: App, planned: Instrumentation, mode: str, applied: str | None) -> None:
    changed = [file for file in planned.files if file.status == "changed"]
    whole = sum(not file.reason for file in changed)
    stays = sum(bool(file.reason) for file in planned.files)
    if not changed and not stays:
        app.terminal.say("Nothing of instrument's was found.")
        return
    if applied:
        app.terminal.say(
            f"Taken out of {plural(whole, 'file')}. Recorded as {applied}. (take it back: shopfast-obs undo)"
        )
    elif mode == "diff" and changed:
        app.terminal.say(
            f"{plural(len(changed), 'file')} would change. Nothing was changed. Next: the same command with --apply"
        )
    if stays:
        app.terminal.say(f"In {plural(stays, 'file')} something stays, as said above: keep the layers that they need.")
