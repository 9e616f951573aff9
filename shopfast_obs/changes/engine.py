"""Apply a plan so that it can be taken back exactly.

A change is all or nothing: checked first, journalled with its before-images, then written file by file. A command that
dies in the middle leaves an unfinished entry, and the next one restores its before-images.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from shopfast_obs.changes import files
from shopfast_obs.changes.diff import diff, reverse
from shopfast_obs.changes.journal import ForeignEntry, Journal, Record, Status
from shopfast_obs.errors import ChangedSinceError, UserError
from shopfast_obs.model.changes import FileChange, JournalEntry, Plan, Skipped
from shopfast_obs.model.predictions import Prediction

__all__ = [
    "adopt",
    "adoptable",
    "apply",
    "carry",
    "diff",
    "foreign",
    "history",
    "last",
    "predicted",
    "recorded",
    "recover",
    "reverse",
    "undo",
    "unfinished",
]

Clock = Callable[[], float]


def apply(
    plan: Plan, root: Path, state: Path, clock: Clock = time.time, *, project: Path | None = None
) -> JournalEntry:
    """Make the changes and return their journal entry; raises ChangedSinceError, with nothing written, when a file is
    not what the plan saw. `project` is the folder that `undo` will be given, where that is not `root`."""
    journal = Journal(state)
    with journal.lock():
        _recover(journal, clock)
        targets = _targets(plan, root)
        for change, path in targets:
            _expect(change.path, path, change.before, "the plan was made")
        entry = JournalEntry(journal.next_id(), clock(), plan)
        inside = state.resolve().is_relative_to(root.resolve())
        own = inside if project is None else project.resolve() == root.resolve()
        base = "" if own else str(root.resolve())
        modes = {change.path: bits for change, path in targets if (bits := files.mode(path)) is not None}
        home = str((root if own else project or state.parent).resolve())
        record = Record(entry, "applying", base, modes, _missing_folders(targets, root.resolve()), home)
        try:
            journal.write(record)
            for change, path in targets:
                _put(path, change.after, modes.get(change.path))
            journal.write(replace(record, status="applied"))
        except OSError as problem:
            raise _taken_back(journal, problem, root, clock) from None
        return entry


def _taken_back(journal: Journal, problem: OSError, root: Path, clock: Clock) -> UserError:
    """Take back what the plan had done before the system refused a write, as the error that a user reads."""
    said = f"{problem.filename or root} cannot be written: {problem.strerror}"
    try:
        _recover(journal, clock)
    except OSError:
        return UserError(f"{said}; the files are half changed.", "Mend it, then take it back: shopfast-obs undo")
    return UserError(f"{said}; nothing was changed.", "Mend it, then run the command again.")


def undo(root: Path, state: Path, entry_id: str | None = None, clock: Clock = time.time) -> JournalEntry:
    """Restore every file of an entry (the last one that is in force) byte for byte; raises ChangedSinceError, with
    nothing written, when one of them was changed since."""
    journal = Journal(state)
    with journal.lock():
        _recover(journal, clock)
        record = _find(journal, entry_id)
        if record.entry.plan.remote:
            raise UserError(
                f"Change {record.entry.id} is one of what is deployed.", f"Run: shopfast-obs undo {record.entry.id}"
            )
        if root.resolve() not in (record.root, Path(record.project)):
            number = record.entry.id
            raise UserError(f"Change {number} is one of {record.project}.", f"Run there: shopfast-obs undo {number}")
        entry, base = record.entry, record.root
        for change, path in _targets(entry.plan, base):
            if files.content(path) != change.before:
                _expect(change.path, path, change.after, f"change {entry.id} ({entry.plan.command})")
        done = replace(entry, undone=clock())
        try:
            journal.write(replace(record, status="undoing"))
            _restore(record, base)
            journal.write(replace(record, entry=done, status="undone"))
        except OSError as problem:
            raise UserError(
                f"{problem.filename or base} cannot be written: {problem.strerror}; not all of change {entry.id} is "
                "taken back.",
                "Mend it, then go on: shopfast-obs undo",
            ) from None
        return done


def unfinished(state: Path) -> tuple[JournalEntry, ...]:
    """What commands that died have left half done, of files or of deployed functions; nothing is done about it."""
    return tuple(record.entry for record in Journal(state).records() if record.unfinished)


def foreign(state: Path) -> list[ForeignEntry]:
    """The entries that another user, machine or checkout wrote. They are never used."""
    return Journal(state).foreign()


def adoptable(root: Path, state: Path, entry_id: str) -> JournalEntry:
    """An entry of another checkout as it would be used here; raises UserError where it leads out of the project."""
    return Journal(state).adopted(entry_id.zfill(4), root).entry


def adopt(root: Path, state: Path, entry_id: str) -> None:
    """Make an entry of another checkout one of this, so that `undo` and `recover` use it."""
    journal = Journal(state)
    with journal.lock():
        journal.write(journal.adopted(entry_id.zfill(4), root))


def carry(root: Path, state: Path, to_root: Path, to_state: Path) -> None:
    """Give the copy of a project the entries that are this user's own in the project."""
    theirs, ours = Journal(to_state), Journal(state)
    with theirs.lock():
        for record in ours.records():
            if record.project == str(root.resolve()) and not record.base:
                theirs.write(replace(record, project=str(to_root.resolve())))


def recover(state: Path, clock: Clock = time.time) -> tuple[JournalEntry, ...]:
    """Take back what a command that died left half done, and return those entries; `plan.skipped` names the files that
    somebody has changed since, which stay as they are."""
    journal = Journal(state)
    if not any(record.unfinished and not record.entry.plan.remote for record in journal.records()):
        return ()
    with journal.lock():
        return _recover(journal, clock)


def history(state: Path) -> list[JournalEntry]:
    """All applied plans, oldest first, undone ones too."""
    return [record.entry for record in Journal(state).records() if record.status in ("applied", "undone")]


def predicted(state: Path) -> tuple[Prediction, ...]:
    """What the applied plans that were not undone predict of functions, of each by the last."""
    said = (one for entry in history(state) if entry.undone is None for one in entry.plan.predicted)
    return tuple({one.function: one for one in said}.values())


def recorded(state: Path, command: str, reverse: str) -> dict[Path, list[tuple[bytes | None, bytes | None]]]:
    """For each file that plans of this command changed, and neither `undo` nor the reverse command took back since: its
    bytes before and after each of them, oldest first."""
    found: dict[Path, list[tuple[bytes | None, bytes | None]]] = {}
    for record in Journal(state).records():
        if record.status != "applied" or record.entry.plan.command not in (command, reverse):
            continue
        for change in record.entry.plan.changes:
            path = record.root.resolve() / change.path
            if record.entry.plan.command == reverse:
                found.pop(path, None)
            else:
                found.setdefault(path, []).append((change.before, change.after))
    return found


def last(state: Path, entry_id: str | None = None) -> JournalEntry:
    """The entry that `undo` would take back; raises UserError when there is none."""
    return _find(Journal(state), entry_id).entry


def _find(journal: Journal, entry_id: str | None) -> Record:
    records = [record for record in journal.records() if record.status in ("applied", "undone")]
    if entry_id is None:
        applied = [record for record in records if record.status == "applied"]
        if not applied:
            others = len(journal.foreign())
            told = f" {others} in the journal came from another checkout and are not used." if others else ""
            raise UserError(f"There is no change to undo.{told}", "See `shopfast-obs undo --list`.")
        return applied[-1]
    for record in records:
        if record.entry.id == entry_id.zfill(4):
            if record.status == "undone":
                raise UserError(f"Change {record.entry.id} is undone already.", "See `shopfast-obs undo --list`.")
            return record
    raise UserError(f"There is no change {entry_id}.", "See `shopfast-obs undo --list`.")


def _targets(plan: Plan, root: Path) -> list[tuple[FileChange, Path]]:
    """Each change with its real file; nothing read-only, nothing outside, no file twice."""
    targets: dict[Path, FileChange] = {}
    for change in plan.changes:
        path = files.inside(root, change.path)
        if path in targets:
            raise UserError(f"{change.path} and {targets[path].path} are the same file.", "Name only one of them.")
        if not files.writable(path):
            raise UserError(f"{change.path} is read-only, so nothing was changed.", f"Run `chmod u+w {path}` first.")
        targets[path] = change
    return [(change, path) for path, change in targets.items()]


def _expect(name: str, path: Path, wanted: bytes | None, when: str) -> None:
    found = files.content(path)
    if found != wanted:
        what = "was removed" if found is None else "has appeared" if wanted is None else "has changed"
        raise ChangedSinceError(
            f"{name} {what} since {when}, so nothing was written.",
            "Run the command again to plan anew, or see `shopfast-obs undo --list`.",
        )


def _put(path: Path, data: bytes | None, bits: int | None) -> None:
    if data is None:
        files.remove(path)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, data, bits)


def _missing_folders(targets: list[tuple[FileChange, Path]], root: Path) -> tuple[str, ...]:
    """Folders that will be made for new files, deepest first."""
    missing = {
        folder
        for change, path in targets
        if change.after is not None
        for folder in path.parents
        if folder.is_relative_to(root) and not folder.exists()
    }
    return tuple(str(folder.relative_to(root)) for folder in sorted(missing, key=lambda f: -len(f.parts)))


def _drop_folders(record: Record, root: Path) -> None:
    """Nothing is left of a folder that no file needed."""
    for folder in record.folders:
        path = files.inside(root, folder)
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _restore(record: Record, base: Path) -> tuple[Skipped, ...]:
    """Bring every file that is as we left it back to its before-image; returns the others."""
    kept = []
    for change in record.entry.plan.changes:
        path = files.inside(base, change.path)
        files.drop_unfinished(path)
        found = files.content(path)
        if found == change.before:
            continue
        if found == change.after:
            _put(path, change.before, record.modes.get(change.path))
        else:
            kept.append(Skipped(change.path, "it has been changed since the command was interrupted"))
    _drop_folders(record, base)
    return tuple(kept)


def _recover(journal: Journal, clock: Clock) -> tuple[JournalEntry, ...]:
    done = []
    for record in journal.records():
        if record.unfinished and not record.entry.plan.remote:
            kept = _restore(record, record.root)
            entry = replace(record.entry, undone=clock(), plan=replace(record.entry.plan, skipped=kept))
            status: Status = "undone" if record.status == "undoing" else "rolled back"
            journal.write(replace(record, entry=entry, status=status))
            done.append(entry)
    return tuple(done)
