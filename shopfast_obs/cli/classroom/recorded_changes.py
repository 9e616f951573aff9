"""The changes of files since an exercise began: those of the journal, and the learner's own."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

from shopfast_obs import confine
from shopfast_obs.changes import engine, files
from shopfast_obs.errors import ChangedSinceError
from shopfast_obs.model.changes import JournalEntry

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App

WORKSHOP = "workshop "  # how the commands of changes begin that the workshop itself made
WhoseEdits = Literal["kept", "refused"]


def newest(app: App) -> int:
    """The number of the last recorded change; 0 before any."""
    return max((int(entry.id) for entry in engine.history(app.settings.state_dir)), default=0)


def content(app: App, path: str) -> bytes | None:
    """The file of the project as it is; None where there is none."""
    try:
        return confine.content(confine.inside(app.settings.root, path, "the workshop"))
    except FileNotFoundError:
        return None


def take_back(app: App, since: int, whose_edits: WhoseEdits) -> None:
    """Undo every recorded change after that one, the last first. A file that the learner has edited since is kept
    beside the progress and taken back, too, where the workshop changed it (or where all edits are `kept`); a learner's
    edit of another one is refused."""
    settings = app.settings
    entries = [entry for entry in engine.history(settings.state_dir) if int(entry.id) > since and entry.undone is None]
    for entry in sorted(entries, key=lambda one: int(one.id), reverse=True):
        if whose_edits == "kept" or entry.plan.command.startswith(WORKSHOP):
            _keep_edits(app, entry)
        try:
            engine.undo(settings.root, settings.state_dir, entry.id)
        except ChangedSinceError as problem:
            raise ChangedSinceError(
                problem.message, "Take your own edit of that file back first (git diff shows it), then reset again."
            ) from None
        app.terminal.say(f"Took back {entry.id} ({entry.plan.command}).")


def retire(app: App, exercises: Collection[str]) -> None:
    """Undo what the workshop planted for these exercises and solved them by, so that another fault finds the sources
    as they were. What was edited by hand is kept. Raises ChangedSinceError where a later change is in the way."""
    settings = app.settings
    for entry in sorted(engine.history(settings.state_dir), key=lambda one: int(one.id), reverse=True):
        command = entry.plan.command
        if entry.undone is not None or not command.startswith(WORKSHOP) or command.split()[-1] not in exercises:
            continue
        _keep_edits(app, entry)
        engine.undo(settings.root, settings.state_dir, entry.id)
        app.terminal.say(f"Took back {entry.id} ({command}): its fault is not part of this exercise.")


def _keep_edits(app: App, entry: JournalEntry) -> None:
    """Put a copy of each file that was edited since beside the progress, and the change's own text in place."""
    settings = app.settings
    for change in entry.plan.changes:
        now = content(app, change.path)
        if now in (change.after, change.before) or now is None:
            continue
        kept = f"{settings.state_dir.name}/workshop/edits/{time.strftime('%H%M%S')}-{change.path.replace('/', '-')}"
        copy = confine.inside(settings.state_dir.parent, kept, "the workshop")
        copy.parent.mkdir(parents=True, exist_ok=True)
        files.write(copy, now)
        if change.after is not None:
            files.write(settings.root / change.path, change.after)
        app.terminal.say(f"Your edit of {change.path} is kept in {copy}.")
