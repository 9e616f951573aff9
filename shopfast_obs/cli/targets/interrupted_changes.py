"""Changes that a command which died has left half done: taken back before another change, only told by who reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopfast_obs.errors import ShopfastObsError, UserError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shopfast_obs.cli.app import App
    from shopfast_obs.model.changes import JournalEntry

COMMAND = "shopfast-obs undo"


def finish(app: App) -> Sequence[JournalEntry]:
    """Take back what was left half done, say it, and return it. For a command that is about to change something."""
    from shopfast_obs import userkey
    from shopfast_obs.changes import engine
    from shopfast_obs.cli.targets import live_functions

    if not userkey.lasting():
        app.terminal.warn(
            "no key can be kept in your home, so later commands will not know your changes as yours; "
            "take them back with: shopfast-obs undo --adopt"
        )
    done = [*engine.recover(app.settings.state_dir), *live_functions.recover(app)]
    for entry in done:
        app.terminal.warn(f"Change {entry.id} ({entry.plan.command}) had been interrupted; it is taken back.")
        for skipped in entry.plan.skipped:
            app.terminal.warn(f"{skipped.what}: {skipped.reason}")
    return done


def mention(app: App) -> None:
    """Say that something was left half done, and which command takes it back. Nothing is changed."""
    try:
        folder = app.settings.state_dir
        found = _unfinished(folder)
    except (ShopfastObsError, OSError):  # who only reads may not need the settings or the journal; others will tell
        return
    for entry in found:
        app.terminal.warn(f"{_told(entry)} Take it back: {COMMAND}")


def refuse(app: App) -> None:
    """Raise UserError when something was left half done. For a command that would deploy it."""
    for entry in _unfinished(app.settings.state_dir):
        raise UserError(f"{_told(entry)} Nothing was deployed.", f"Take it back: {COMMAND}")


def _unfinished(state: Path) -> Sequence[JournalEntry]:
    if not (state / "journal").is_dir():
        return ()
    from shopfast_obs.changes import engine

    return engine.unfinished(state)


def _told(entry: JournalEntry) -> str:
    what = "deployed functions" if entry.plan.live else "alarms" if entry.plan.definitions else "files"
    return f"Change {entry.id} ({entry.plan.command}) was interrupted: {what} may be half changed."
