"""The journal: applied plans with their before-images, readable JSON beside the bytes, stored before files move.

An entry belongs to the user and the checkout that wrote it. One that came with a repository, or with a copy of a
folder, is listed and never used, until somebody has seen it and adopts it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, field, replace
from pathlib import Path
from typing import IO, Any, Literal, get_args

from shopfast_obs import confine
from shopfast_obs.analysis.sensitive import Masker
from shopfast_obs.changes import entry_signature, files
from shopfast_obs.errors import BusyError, UserError
from shopfast_obs.model.changes import DefinitionChange, FileChange, JournalEntry, LiveChange, Plan, RoleChange, Skipped
from shopfast_obs.model.predictions import Prediction
from shopfast_obs.model.records import record
from shopfast_obs.state import make_state_folder

Status = Literal["applying", "applied", "undoing", "undone", "rolled back"]
ENTRY = "entry.json"
LARGEST = 1_000_000_000  # bytes of a before-image
DIGEST = re.compile(r"[0-9a-f]{64}")
NUMBER = re.compile(r"[0-9]{1,9}")
PERMISSIONS = 0o777  # of a file that comes back: who it runs as is no permission


@record
class Record:
    """One journal entry with what only the journal needs: how far it came, and how the files were kept.

    `project` is the folder of the project; `base` that of the changes when they are not the project's own; `modes` are
    the permission bits before; `folders` were made for new files.
    """

    entry: JournalEntry
    status: Status
    base: str = ""
    modes: Mapping[str, int] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    project: str = ""

    @property
    def unfinished(self) -> bool:
        """True when a command stopped in the middle of it."""
        return self.status in ("applying", "undoing")

    @property
    def root(self) -> Path:
        """The folder that the paths of the entry start from."""
        return Path(self.base or self.project)


@record
class ForeignEntry:
    """An entry that this user did not write at this place: it came with a repository or in a copy of a folder."""

    id: str
    command: str
    changes: int


class Journal:
    """The entries below one folder, oldest first."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.folder = state / "journal"

    def records(self) -> list[Record]:
        """All entries of this user, oldest first. A folder without its JSON is none: that command died before it
        touched a file."""
        return [self._read(path, document) for path, document in self._documents() if self._ours(path, document)]

    def foreign(self) -> list[ForeignEntry]:
        """The entries of others, oldest first; nothing of them is used."""
        return [
            ForeignEntry(path.name, str(document.get("command", ""))[:40], _count(document))
            for path, document in self._documents()
            if not self._ours(path, document)
        ]

    def next_id(self) -> str:
        """The id of the next entry."""
        names = [path.name for path in self.folder.iterdir()] if self.folder.is_dir() else []
        return f"{max((int(name) for name in names if NUMBER.fullmatch(name)), default=0) + 1:04d}"

    def write(self, record: Record) -> None:
        """Store the entry durably: first the bytes, then the JSON that names them. Nothing is left of an entry that
        could not be stored."""
        folder = confine.inside(self.state, f"journal/{record.entry.id}", "the journal")
        blobs = confine.inside(self.state, f"journal/{record.entry.id}/blobs", "the journal")
        new = not folder.exists()
        try:
            blobs.mkdir(parents=True, exist_ok=True)
            for change in record.entry.plan.changes:
                for data in (change.before, change.after):
                    if data is not None and not (blobs / _digest(data)).exists():
                        files.write(blobs / _digest(data), data, bits=0o600)
            text = json.dumps(entry_signature.sealed(_document(record), self.folder), indent=2, ensure_ascii=False)
            files.write(folder / ENTRY, f"{text}\n".encode("utf-8", "surrogatepass"), bits=0o600)
        except OSError:
            if new:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        files.sync(self.folder)

    def adopted(self, entry_id: str, project: Path) -> Record:
        """The entry of somebody else as one of this project; raises UserError where it would leave the project. It is
        ours once it is written."""
        for path, document in self._documents():
            if path.name == entry_id and not self._ours(path, document):
                return _adopted(self._read(path, document), project.resolve(), path)
        raise UserError(f"There is no change {entry_id} of another checkout.", "See `shopfast-obs undo --list`.")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the journal, without what killed writes left in it; raises BusyError when another command does."""
        make_state_folder(self.state)
        self.folder.mkdir(parents=True, exist_ok=True)
        with confine.inside(self.state, "journal/.lock", "the journal").open("a+b") as file:
            if not _locked(file):
                raise BusyError("Another command is changing this project.", "Wait until it has ended, then try again.")
            for folder in (self.folder / path.name for path in self._folders()):
                files.drop_unfinished(folder / ENTRY)
                if not (folder / "blobs").is_symlink():
                    files.drop_unfinished(folder / "blobs" / "*")
            yield

    def _folders(self) -> list[Path]:
        """The folders of entries; links among them are none of ours."""
        found = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        return [path for path in found if NUMBER.fullmatch(path.name) and path.is_dir() and not path.is_symlink()]

    def _documents(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        for folder in self._folders():
            if (folder / ENTRY).is_file() and not (folder / ENTRY).is_symlink():
                with _readable(folder):
                    document = json.loads(confine.content(folder / ENTRY))
                    if not isinstance(document, dict):
                        raise ValueError("it is no JSON object")
                yield folder, document

    def _ours(self, folder: Path, document: Mapping[str, Any]) -> bool:
        return document.get("id") == folder.name and entry_signature.fits(document, self.folder)

    def _read(self, folder: Path, document: Mapping[str, Any]) -> Record:
        with _readable(folder):
            return _record(document, folder / "blobs")
        raise AssertionError("unreachable")


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """Turn what is wrong with an entry into one sentence."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as problem:
        told = "it is nested too deeply" if isinstance(problem, RecursionError) else str(problem)
        raise UserError(
            f"The journal entry {folder} cannot be read: {told}.",
            f"Move {folder} away to go on without it; its before-images are in {folder / 'blobs'}.",
        ) from None


def _adopted(record: Record, project: Path, folder: Path) -> Record:
    around = confine.project(project)
    base = confine.within(around, project, record.base) if record.base else project
    if isinstance(base, confine.Refused):
        raise UserError(
            f"Change {folder.name} is not used: {base.reason}.", f"Its files from before are in {folder / 'blobs'}."
        )
    for said in (*(change.path for change in record.entry.plan.changes), *record.folders):
        confine.inside(base, said, str(folder / ENTRY))
    entry = replace(record.entry, id=folder.name)
    return replace(record, entry=entry, base="" if base == project else str(base), project=str(project))


def _count(document: Mapping[str, Any]) -> int:
    return sum(len(found) for key in ("changes", "live", "definitions") if isinstance(found := document.get(key), list))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _document(record: Record) -> dict[str, Any]:
    entry, masker = record.entry, Masker()  # of what is said; what was in the files comes back byte for byte
    return {
        "id": entry.id,
        "status": record.status,
        "time": entry.time,
        "undone": entry.undone,
        "command": entry.plan.command,
        "base": record.base,
        "project": record.project,
        "effects": [masker.text(effect) for effect in entry.plan.effects],
        "skipped": [{"what": item.what, "reason": masker.text(item.reason)} for item in entry.plan.skipped],
        "folders": list(record.folders),
        "target": entry.plan.target,
        "live": [
            {"function": c.function, "before": c.before, "after": c.after, "revision": c.revision, "role": c.role}
            for c in entry.plan.live
        ],
        "roles": [{"role": r.role, "policy": r.policy, "before": r.before, "after": r.after} for r in entry.plan.roles],
        "definitions": [
            {"type": d.type, "name": d.name, "before": d.before, "after": d.after} for d in entry.plan.definitions
        ],
        "predicted": [asdict(one) for one in entry.plan.predicted],
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
    definitions = tuple(DefinitionChange(**item) for item in document.get("definitions", ()))
    target = document.get("target", "")
    predicted = tuple(Prediction(**item) for item in document.get("predicted", ()))
    effects = tuple(document["effects"])
    plan = Plan(document["command"], changes, effects, skipped, live, roles, target, definitions, predicted)
    if document["status"] not in get_args(Status):
        raise ValueError(f"it has the status {document['status']!r}")
    modes = {item["path"]: int(item["mode"], 8) for item in document["changes"] if item["mode"] is not None}
    return Record(
        JournalEntry(document["id"], float(document["time"]), plan, document["undone"]),
        document["status"],
        document["base"],
        {path: bits & PERMISSIONS for path, bits in modes.items()},
        tuple(document["folders"]),
        document.get("project", ""),
    )


def _blob(blobs: Path, digest: str | None) -> bytes | None:
    if digest is None:
        return None
    if DIGEST.fullmatch(digest) is None:
        raise ValueError(f"{digest[:80]!r} is no digest")
    data = confine.content(blobs / digest, LARGEST)
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
