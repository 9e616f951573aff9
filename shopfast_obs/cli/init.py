"""`init`: ShopFast in a folder of its own, or settings for an application that is there."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from shopfast_obs.cli.app import App, pass_app


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, readable=False))
@pass_app
def command(app: App, folder: Path) -> None:
    """Write ShopFast, the application of the workshop, into a new folder.

    DIR must not be there yet, or be empty; nothing is overwritten.

    \b
    Examples:
      shopfast-obs init shop && cd shop && shopfast-obs deploy
    """
    from shopfast_obs.cli.project import shop

    written = shop.write(folder)
    for path in written:
        app.terminal.out(str(folder / path))
    app.terminal.say(
        f"{len(written)} files are in {folder}. Next: cd {shlex.quote(str(folder))} && shopfast-obs deploy"
    )
