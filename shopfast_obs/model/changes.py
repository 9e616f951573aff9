"""What is about to change, and what was there before."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file, before and after, byte for byte; None where the file is absent. `path` is relative to the project."""

    path: str
    before: bytes | None
    after: bytes | None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was left alone, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes that a command would make, shown before any is made. `effects` are sentences for the reader."""

    command: str
    changes: tuple[FileChange, ...] = ()
    effects: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def empty(self) -> bool:
        """True when there is nothing to change."""
        return not self.changes


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One applied plan with its before-images. `undone` is the time of the undo, or None."""

    id: str
    time: float
    plan: Plan
    undone: float | None = None
