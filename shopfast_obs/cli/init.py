"""`init`: ShopFast in a folder of its own, or settings for an application that is there."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import EXIT_FINDINGS, UserError


@click.command()
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path, readable=False))
@click.option("--app", "own", is_flag=True, help="Write settings for the application in DIR (default: this folder).")
@options.modes(check=True)
@pass_app
@click.pass_context
def command(context: click.Context, app: App, *, folder: Path | None, own: bool, mode: str) -> None:
    """Write ShopFast, the application of the workshop, into a new folder, or settings for an application of yours.

    Without --app: DIR must not be there yet, or be empty; nothing is overwritten. With --app: finds out what the
    application is (CDK, SAM, CloudFormation or Serverless Framework) and where the sources of its functions are, and
    shows what [tool.shopfast-obs] in its pyproject.toml gets; --apply writes it. What stands there already stays.

    \b
    Examples:
      shopfast-obs init shop && cd shop && shopfast-obs deploy
      shopfast-obs init --app
      shopfast-obs init --app services/orders --apply
    """
    if own:
        _settings(app, folder or Path(), mode)
        return
    if any(context.params.get(f"mode_{name}") for name in ("diff", "apply", "check")):
        raise UserError("--diff, --apply and --check go with --app.", "Without them: shopfast-obs init DIR")
    if folder is None:
        raise UserError("init needs a folder.", "Run: shopfast-obs init shop; for your own application: init --app")
    from shopfast_obs.cli.project import shop

    written = shop.write(folder)
    for path in written:
        app.terminal.out(str(folder / path))
    app.terminal.say(
        f"{len(written)} files are in {folder}. Next: cd {shlex.quote(str(folder))} && shopfast-obs deploy"
    )


def _settings(app: App, folder: Path, mode: str) -> None:
    """Plan the settings of an application; with `apply` write them, with `check` exit 1 where some are missing."""
    from shopfast_obs import settings
    from shopfast_obs.changes import engine
    from shopfast_obs.cli.project import application, setup
    from shopfast_obs.cli.targets import interrupted_changes
    from shopfast_obs.state import make_state_folder

    found = application.find(folder)
    for line in setup.described(found):
        app.terminal.say(line)
    plan = setup.plan(found)
    if plan.empty:
        app.terminal.say("pyproject.toml needs no more settings.")
    elif mode == "apply":
        state = settings.load(found.root).state_dir
        interrupted_changes.finish(App(settings.load(found.root), app.terminal))
        make_state_folder(state)
        entry = engine.apply(plan, found.root, state)
        app.terminal.out(str(found.root / setup.FILE))
        app.terminal.say(f"Recorded as {entry.id} (take it back, in {found.root}: shopfast-obs undo).")
    elif mode == "diff":
        app.terminal.diff(engine.diff(plan))
        app.terminal.say("Nothing was changed. Next: the same command with --apply")
    for line in setup.following(found):
        app.terminal.say(line)
    if mode == "check" and not plan.empty:
        app.terminal.say("pyproject.toml lacks settings.")
        app.exit(EXIT_FINDINGS)
