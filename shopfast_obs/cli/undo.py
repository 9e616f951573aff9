"""`undo`: take a change back, byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import UserError


@click.command()
@click.argument("entry_id", required=False, metavar="[ID]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--list", "show_list", is_flag=True, help="List the changes that were made.")
@options.output("text", "json")
@pass_app
def command(app: App, entry_id: str | None, yes: bool, show_list: bool, output_format: str) -> None:
    """Take the last change back, or the one with this ID.

    Refuses when a file has changed since.

    \b
    Examples:
      shopfast-obs undo --list
      shopfast-obs undo
      shopfast-obs undo 3 --yes
    """
    from shopfast_obs.changes import engine
    from shopfast_obs.cli import live as deployed

    settings = app.settings
    for entry in engine.recover(settings.root, settings.state_dir):
        app.terminal.warn(f"Change {entry.id} ({entry.plan.command}) had been interrupted; it is taken back.")
    deployed.recover(app)
    if show_list:
        _list(app, output_format)
        return
    entry = engine.last(settings.state_dir, entry_id)
    if output_format == "text":
        app.terminal.diff(engine.diff(engine.reverse(entry.plan)) + deployed.diff(engine.reverse(entry.plan)))
    if not yes:
        _ask(app, entry.id)
    live = bool(entry.plan.live)
    done = deployed.undo(app, entry) if live else engine.undo(settings.root, settings.state_dir, entry.id)
    if output_format == "json":
        names = [change.function for change in done.plan.live]
        files = [change.path for change in done.plan.changes]
        app.terminal.json({"undone": done.id, "files": files} | ({"functions": names} if live else {}))
        return
    if live:
        count = len(done.plan.live)
        app.terminal.say(f"Change {done.id} ({done.plan.command}) is undone: {count} functions are as before.")
        return
    count = len(done.plan.changes)
    app.terminal.say(f"Change {done.id} ({done.plan.command}) is undone: {count} files are as before.")
    app.terminal.say("What is deployed changes with the next: shopfast-obs deploy")


def _ask(app: App, entry_id: str) -> None:
    """Nothing is undone without somebody's yes."""
    if not app.terminal.interactive:
        raise UserError(
            f"Change {entry_id} was not undone: nobody can be asked here.", f"Run: shopfast-obs undo {entry_id} --yes"
        )
    if not app.terminal.confirm(f"Undo change {entry_id}?"):
        raise UserError(f"Change {entry_id} was not undone.", "See `shopfast-obs undo --list`.")


def _list(app: App, output_format: str) -> None:
    from shopfast_obs.changes.engine import history

    entries = history(app.settings.state_dir)
    if output_format == "json":
        app.terminal.json(
            {
                "changes": [
                    {
                        "id": e.id,
                        "time": _time(e.time),
                        "command": e.plan.command,
                        "files": [change.path for change in e.plan.changes],
                        "functions": [change.function for change in e.plan.live],
                        "undone": None if e.undone is None else _time(e.undone),
                    }
                    for e in entries
                ]
            }
        )
        return
    if not entries:
        app.terminal.say("No change was made yet.")
        return
    rows = [
        (
            e.id,
            _time(e.time),
            e.plan.command,
            str(len(e.plan.changes) + len(e.plan.live)),
            "" if e.undone is None else _time(e.undone),
        )
        for e in entries
    ]
    app.terminal.table(("id", "time", "command", "changes", "undone"), rows)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
