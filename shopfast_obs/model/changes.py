"""What is about to change, and what was there before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.model.predictions import Prediction
from shopfast_obs.model.records import record


@record
class FileChange:
    """One file, before and after, byte for byte; None where the file is absent. `path` is relative to the project."""

    path: str
    before: bytes | None
    after: bytes | None
    summary: str = ""


@record
class LiveChange:
    """One deployed function, before and after: the settings that are changed, by their names in the Lambda API, and
    `RetentionInDays` of its log group (None: kept forever). `revision` is the one that the plan saw, `role` the name
    of its role."""

    function: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    revision: str = ""
    role: str = ""


@record
class RoleChange:
    """An inline policy of a role, before and after; None where it has none of that name."""

    role: str
    policy: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@record
class DefinitionChange:
    """One alarm or topic of an account by its CloudFormation type, before and after, as the API takes its definition;
    None where there is none."""

    type: str
    name: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@record
class Skipped:
    """Something that was left alone, and why; `unread` where it could not even be read."""

    what: str
    reason: str
    unread: bool = False


@record
class Plan:
    """The changes that a command would make, shown before any is made. `effects` are sentences for the reader,
    `predicted` is what can be judged once the changes are deployed."""

    command: str
    changes: tuple[FileChange, ...] = ()
    effects: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    live: tuple[LiveChange, ...] = ()
    roles: tuple[RoleChange, ...] = ()
    target: str = ""  # of the live changes: `local` or `aws`, with the region behind a space
    definitions: tuple[DefinitionChange, ...] = ()
    predicted: tuple[Prediction, ...] = ()

    @property
    def empty(self) -> bool:
        """True when there is nothing to change."""
        return not self.changes and not self.remote

    @property
    def remote(self) -> bool:
        """True when it changes what is deployed, and no files."""
        return bool(self.live or self.definitions)


@record
class JournalEntry:
    """One applied plan with its before-images. `undone` is the time of the undo, or None."""

    id: str
    time: float
    plan: Plan
    undone: float | None = None
