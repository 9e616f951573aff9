"""The journal: applied plans with their before-images, readable JSON beside the bytes, stored before files move."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from shopfast_obs.changes import files
from shopfast_obs.errors import BusyError, UserError
from shopfast_obs.model.changes import FileChange, JournalEntry, LiveChange, Plan, RoleChange, Skipped

Status = Literal["applying", "applied", "undoing", "undone", "rolled back"]
ENTRY = "entry.json"


@dataclass(frozen=True, slots=True)
class Record:
    """One journal entry with what only the journal needs: how far it came, and how the files were kept.

    `base` is the folder of the changes when they are not the project's own; `modes` are the permission bits before;
    `folders` were made for new files.
    """

    entry: JournalEntry
    status: Status
    base: str = ""
    modes: Mapping[str, int] = field(default_factory=dict)
    folders: tuple[str, ...] = ()

    @property
    def unfinished(self) -> bool:
        """True when a command stopped in the middle of it."""
        return self.status in ("applying", "undoing")

    def root(self, project: Path) -> Path:
        """The folder that the paths of the entry start from."""
        return Path(self.base) if self.base else project


class Journal:
    """The entries below one folder, oldest first."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "journal"

    def records(self) -> list[Record]:
        """All entries, oldest first. A folder without its JSON is none: that command died before it touched a file."""
        if not self.folder.is_dir():
            return []
        return [self._read(path) for path in sorted(self.folder.iterdir()) if (path / ENTRY).is_file()]

    def next_id(self) -> str:
        """The id of the next entry."""
        used = [int(path.name) for path in self.folder.iterdir() if path.name.isdigit()] if self.folder.is_dir() else []
        return f"{max(used, default=0) + 1:04d}"

    def write(self, record: Record) -> None:
        """Store the entry durably: first the bytes, then the JSON that names them."""
        folder = self.folder / record.entry.id
        blobs = folder / "blobs"
        blobs.mkdir(parents=True, exist_ok=True)
        for change in record.entry.plan.changes:
            for data in (change.before, change.after):
                if data is not None and not (blobs / _digest(data)).exists():
                    files.write(blobs / _digest(data), data)
        text = json.dumps(_document(record), indent=2, ensure_ascii=False)
        files.write(folder / ENTRY, f"{text}\n".encode())
        files.sync(self.folder)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the journal; raises BusyError when another command does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a+b") as file:
            if not _locked(file):
                raise BusyError("Another command is changing this project.", "Wait until it has ended, then try again.")
            yield

    def _read(self, folder: Path) -> Record:
        try:
            return _record(json.loads((folder / ENTRY).read_text(encoding="utf-8")), folder / "blobs")
        except (ValueError, KeyError, TypeError, OSError) as problem:
            raise UserError(
                f"The journal entry {folder} cannot be read: {problem}.",
                f"Move {folder} away to go on without it; its before-images are in {folder / 'blobs'}.",
            ) from None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _document(record: Record) -> dict[str, Any]:
    entry = record.entry
    return {
        "id": entry.id,
        "status": record.status,
        "time": entry.time,
        "undone": entry.undone,
        "command": entry.plan.command,
        "base": record.base,
        "effects": list(entry.plan.effects),
        "skipped": [{"what": item.what, "reason": item.reason} for item in entry.plan.skipped],
        "folders": list(record.folders),
        "target": entry.plan.target,
        "live": [
            {"function": c.function, "before": c.before, "after": c.after, "revision": c.revision, "role": c.role}
            for c in entry.plan.live
        ],
        "roles": [{"role": r.role, "policy": r.policy, "before": r.before, "after": r.after} for r in entry.plan.roles],
        "changes": [
            {
                "path": change.path,
                "summary": change.summary,
                "mode": None if change.path not in record.modes else f"{record.modes[change.path]:o}",
                "before": None if change.before is None else _digest(change.before),
                "after": None if change.after is None else _digest(change.after),
            }
            for change in entry.plan.changes
        ],
    }


def _record(document: Mapping[str, Any], blobs: Path) -> Record:
    changes = tuple(
        FileChange(item["path"], _blob(blobs, item["before"]), _blob(blobs, item["after"]), item["summary"])
        for item in document["changes"]
    )
    skipped = tuple(Skipped(item["what"], item["reason"]) for item in document["skipped"])
    live = tuple(LiveChange(**item) for item in document.get("live", ()))
    roles = tuple(RoleChange(**item) for item in document.get("roles", ()))
    target = document.get("target", "")
    plan = Plan(document["command"], changes, tuple(document["effects"]), skipped, live, roles, target)
    return Record(
        JournalEntry(document["id"], document["time"], plan, document["undone"]),
        document["status"],
        document["base"],
        {item["path"]: int(item["mode"], 8) for item in document["changes"] if item["mode"] is not None},
        tuple(document["folders"]),
    )


def _blob(blobs: Path, digest: str | None) -> bytes | None:
    if digest is None:
        return None
    data = (blobs / digest).read_bytes()
    if _digest(data) != digest:
        raise ValueError(f"{blobs / digest} is damaged")
    return data


def _locked(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
