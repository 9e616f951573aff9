"""`undo`: take a change back, byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from shopfast_obs.cli import interrupted, options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import UserError


@click.command()
@click.argument("entry_id", required=False, metavar="[ID]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--list", "show_list", is_flag=True, help="List the changes that were made.")
@click.option(
    "--adopt", is_flag=True, help="Make change ID yours: it was written by another user or in another checkout."
)
@options.output("text", "json")
@pass_app
def command(app: App, *, entry_id: str | None, yes: bool, show_list: bool, adopt: bool, output_format: str) -> None:
    """Take the last change back, or the one with this ID.

    Refuses when a file has changed since. A change that came with the repository, or with a copy of a folder, is listed
    and not used, until you have seen what it would write and adopt it.

    \b
    Examples:
      shopfast-obs undo --list
      shopfast-obs undo
      shopfast-obs undo 3 --yes
      shopfast-obs undo 3 --adopt
    """
    from shopfast_obs.changes import engine
    from shopfast_obs.cli import live as deployed

    settings = app.settings
    if show_list:
        interrupted.mention(app)
        _list(app, output_format)
        return
    if adopt:
        _adopt(app, entry_id, yes)
    finished = interrupted.finish(app)
    if finished and entry_id is None and not adopt:
        return  # what was half done is taken back: that was the last change
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


def _adopt(app: App, entry_id: str | None, yes: bool) -> None:
    """Show what a change of another checkout would write here, and make it one of this."""
    from shopfast_obs.changes import engine

    if entry_id is None:
        raise UserError("--adopt takes the ID of a change.", "See `shopfast-obs undo --list`.")
    settings = app.settings
    entry = engine.adoptable(settings.root, settings.state_dir, entry_id)
    if not yes:
        app.terminal.diff(engine.diff(engine.reverse(entry.plan)))
        _ask(app, entry.id)
    engine.adopt(settings.root, settings.state_dir, entry_id)


def _ask(app: App, entry_id: str) -> None:
    """Nothing is undone without somebody's yes."""
    if not app.terminal.interactive:
        raise UserError(
            f"Change {entry_id} was not undone: nobody can be asked here.", f"Run: shopfast-obs undo {entry_id} --yes"
        )
    if not app.terminal.confirm(f"Undo change {entry_id}?"):
        raise UserError(f"Change {entry_id} was not undone.", "See `shopfast-obs undo --list`.")


def _list(app: App, output_format: str) -> None:
    from shopfast_obs.changes.engine import foreign, history

    entries, others = history(app.settings.state_dir), foreign(app.settings.state_dir)
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
                ],
                "foreign": [{"id": f.id, "command": f.command, "changes": f.changes} for f in others],
            }
        )
        return
    for other in others:
        app.terminal.warn(
            f"Change {other.id} ({other.command}, {other.changes} changes) was not written by you here, so it is not "
            f"used. See it and take it over: shopfast-obs undo {other.id} --adopt"
        )
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
