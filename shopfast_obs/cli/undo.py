"""`undo`: take a change back, byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.targets import interrupted_changes
from shopfast_obs.cli.targets import live_functions as deployed
from shopfast_obs.errors import UserError
from shopfast_obs.model.counts import plural
from shopfast_obs.model.resources import ALARM

if TYPE_CHECKING:
    from shopfast_obs.model.changes import JournalEntry


@click.command()
@click.argument("entry_id", required=False, metavar="[ID]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--list", "show_list", is_flag=True, help="List the changes that were made.")
@click.option("--adopt", is_flag=True, help="Take back one that another checkout of yours made, moved or copied here.")
@options.output("text", "json")
@pass_app
def command(app: App, *, entry_id: str | None, yes: bool, show_list: bool, adopt: bool, output_format: str) -> None:
    """Take the last change back, or the one with this ID.

    Refuses when a file has changed since. A change that was interrupted is taken back first, and alone.

    \b
    Examples:
      shopfast-obs undo --list
      shopfast-obs undo
      shopfast-obs undo 3 --yes
    """
    from shopfast_obs.changes import engine

    settings = app.settings
    if show_list:
        interrupted_changes.mention(app)
        _list(app, output_format)
        return
    if adopt:
        entry_id = entry_id or _newest_foreign(app)
        if output_format == "text":
            _show(app, engine.adoptable(settings.root, settings.state_dir, entry_id))
        if not yes:
            _ask(app, f"{entry_id} --adopt")
        engine.adopt(settings.root, settings.state_dir, entry_id)
    done = {entry.id: entry for entry in interrupted_changes.finish(app)}
    if done and (entry_id is None or entry_id.zfill(4) in done):
        _tell(app, done[entry_id.zfill(4) if entry_id else max(done)], output_format)
        return
    entry = engine.last(settings.state_dir, entry_id)
    if not adopt:
        if output_format == "text":
            _show(app, entry)
        if not yes:
            _ask(app, entry.id)
    live = entry.plan.remote
    _tell(
        app,
        deployed.undo(app, entry) if live else engine.undo(settings.root, settings.state_dir, entry.id),
        output_format,
    )


def _show(app: App, entry: JournalEntry) -> None:
    from shopfast_obs.changes import engine

    app.terminal.diff(engine.diff(engine.reverse(entry.plan)) + deployed.diff(engine.reverse(entry.plan)))


def _tell(app: App, done: JournalEntry, output_format: str) -> None:
    """What was taken back."""
    live = done.plan.remote
    if output_format == "json":
        names = [change.function for change in done.plan.live]
        files = [change.path for change in done.plan.changes]
        alarms = [change.name for change in done.plan.definitions]
        more = ({"functions": names} if names else {}) | ({"alarms": alarms} if alarms else {})
        app.terminal.json({"undone": done.id, "files": files} | more)
        return
    if live:
        noun = "function" if done.plan.live else "alarm"
        count = len(done.plan.live) or sum(change.type == ALARM for change in done.plan.definitions)
        for stays in done.plan.skipped if done.plan.definitions else ():
            app.terminal.warn(f"{stays.what}: {stays.reason}")
        app.terminal.say(f"Change {done.id} ({done.plan.command}) is undone: {_as_before(count, noun)}.")
        return
    left = {item.what for item in done.plan.skipped}
    count = sum(change.path not in left for change in done.plan.changes)
    app.terminal.say(f"Change {done.id} ({done.plan.command}) is undone: {_as_before(count, 'file')}.")
    following = ": shopfast-obs deploy" if app.settings.app else " deployment."
    app.terminal.say(f"What is deployed changes with the next{following}")


def _as_before(count: int, noun: str) -> str:
    return f"{plural(count, noun)} {'is' if count == 1 else 'are'} as before"


def _newest_foreign(app: App) -> str:
    from shopfast_obs.changes import engine

    found = engine.foreign(app.settings.state_dir)
    if not found:
        raise UserError("No change here came from another checkout.", "See `shopfast-obs undo --list`.")
    return found[-1].id


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

    entries = history(app.settings.state_dir)
    others = foreign(app.settings.state_dir)
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
                        "alarms": [change.name for change in e.plan.definitions],
                        "undone": None if e.undone is None else _time(e.undone),
                    }
                    for e in entries
                ],
                "foreign": [{"id": other.id, "command": other.command} for other in others],
            }
        )
        return
    if not entries and not others:
        app.terminal.say("No change was made yet.")
        return
    rows = [
        (
            e.id,
            _time(e.time),
            e.plan.command,
            str(len(e.plan.changes) + len(e.plan.live) + len(e.plan.definitions)),
            "" if e.undone is None else _time(e.undone),
        )
        for e in entries
    ]
    rows += [(other.id, "", other.command, str(other.changes), "from another checkout; not used") for other in others]
    app.terminal.table(("id", "time", "command", "changes", "undone"), rows)
    if others:
        app.terminal.say(
            "What another checkout wrote came with the repository, or you moved or copied the folder. If it is yours: "
            f"shopfast-obs undo {others[-1].id} --adopt"
        )


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
