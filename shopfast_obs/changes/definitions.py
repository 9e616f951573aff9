"""Changes of what an account has beside its functions (alarms and the topic that they notify): each one whole, at a
rate that the API takes, recorded with what was there before, taken back exactly.

PutMetricAlarm overwrites without a word and keeps no earlier version, so everything is read again just before it is
changed. A command that dies in the middle leaves an unfinished entry, which the next one takes back.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from shopfast_obs.changes.journal import Journal, Record, Status
from shopfast_obs.changes.live_functions import FunctionError, Pace, again, record_of
from shopfast_obs.errors import ChangedSinceError, ShopfastObsError, UserError
from shopfast_obs.model.changes import DefinitionChange, JournalEntry, Plan, Skipped
from shopfast_obs.model.resources import TOPIC

RATE = 3.0  # calls a second: PutMetricAlarm takes no more of an account and region
KEPT = "it has changed since, and stays as it is"


class Definitions(Protocol):
    """What an account defines. Its methods raise FunctionError."""

    def read(self, type_: str, name: str) -> dict[str, Any] | None:
        """The definition as the API takes it; None where there is none of that name."""
        ...

    def put(self, type_: str, name: str, definition: Mapping[str, Any]) -> None:
        """Make it, or change it to this definition."""
        ...

    def delete(self, type_: str, name: str) -> None:
        """Delete it; raises FunctionError for a topic that somebody has subscribed to."""
        ...


def apply(plan: Plan, account: Definitions, state: Path, pace: Pace | None = None) -> JournalEntry:
    """Make the changes and return the entry: its plan names those that were made, and why others were not."""
    pace = pace or Pace(RATE)
    journal = Journal(state)
    with journal.lock():
        entry = JournalEntry(journal.next_id(), time.time(), plan)
        journal.write(Record(entry, "applying"))
        done, failed = [], list[Skipped]()
        for change in plan.definitions:
            reason = _without_topic(failed, plan) or _changed(account, pace, change, change.before, change.after)
            if reason:
                failed.append(Skipped(change.name, reason))
            else:
                done.append(change)
        entry = replace(entry, plan=replace(plan, definitions=tuple(done), skipped=(*plan.skipped, *failed)))
        status: Status = "applied" if done else "rolled back"
        journal.write(Record(entry, status))
        return entry


def undo(account: Definitions, state: Path, entry_id: str, pace: Pace | None = None) -> JournalEntry:
    """Bring every definition of the entry back; raises ChangedSinceError, with nothing changed, when one is not as we
    left it. `plan.skipped` names a topic that somebody has subscribed to, which stays."""
    pace = pace or Pace(RATE)
    journal = Journal(state)
    with journal.lock():
        record = record_of(journal, entry_id)
        for change in record.entry.plan.definitions:
            _expect(account, pace, change)
        journal.write(replace(record, status="undoing"))
        failed, kept = _back(account, pace, record.entry.plan.definitions)
        if failed:
            journal.write(replace(record, status="applied"))
            raise UserError(
                f"{failed[0].what} could not be changed back: {failed[0].reason} ({len(failed)} in all).",
                f"Run: shopfast-obs undo {entry_id} --yes",
            )
        entry = replace(record.entry, undone=time.time(), plan=replace(record.entry.plan, skipped=kept))
        journal.write(replace(record, entry=entry, status="undone"))
        return entry


def recover(account: Definitions, state: Path, entry_id: str, pace: Pace | None = None) -> JournalEntry:
    """Bring what was left half done back; `plan.skipped` names what others have changed since."""
    pace = pace or Pace(RATE)
    journal = Journal(state)
    with journal.lock():
        record = record_of(journal, entry_id)
        failed, kept = _back(account, pace, record.entry.plan.definitions)
        entry = replace(record.entry, undone=time.time(), plan=replace(record.entry.plan, skipped=(*failed, *kept)))
        status: Status = "undone" if record.status == "undoing" else "rolled back"
        journal.write(replace(record, entry=entry, status=status))
        return entry


def _without_topic(failed: Sequence[Skipped], plan: Plan) -> str:
    """Why an alarm is not made: the topic that it would notify could not be."""
    topics = {change.name for change in plan.definitions if change.type == TOPIC}
    return next((f"its topic could not be made: {item.reason}" for item in failed if item.what in topics), "")


def _back(
    account: Definitions, pace: Pace, changes: Sequence[DefinitionChange]
) -> tuple[tuple[Skipped, ...], tuple[Skipped, ...]]:
    """Undo in the reverse order; returns what could not be, and what stays because it is somebody else's by now."""
    failed, kept = [], []
    for change in reversed(changes):
        try:
            found = again(pace, lambda change=change: account.read(change.type, change.name))  # type: ignore[misc]
        except FunctionError as problem:
            failed.append(Skipped(change.name, str(problem)))
            continue
        if found == change.before:
            continue
        if found != change.after:
            kept.append(Skipped(change.name, KEPT))
            continue
        reason = _changed(account, pace, change, change.after, change.before)
        if reason:
            (kept if change.type == TOPIC else failed).append(Skipped(change.name, reason))
    return tuple(failed), tuple(kept)


def _changed(
    account: Definitions,
    pace: Pace,
    change: DefinitionChange,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
) -> str:
    """Empty when the definition is the new one, else why it is the old one."""
    try:
        if again(pace, lambda: account.read(change.type, change.name)) != old:
            return "it has been changed by somebody else since the plan was made"
        if new is None:
            again(pace, lambda: account.delete(change.type, change.name))
        else:
            again(pace, lambda: account.put(change.type, change.name, new))
    except FunctionError as problem:
        return str(problem)
    return ""


def _expect(account: Definitions, pace: Pace, change: DefinitionChange) -> None:
    try:
        found = again(pace, lambda: account.read(change.type, change.name))
    except FunctionError as problem:
        raise ShopfastObsError(f"{change.name} cannot be read: {problem}.", "Mend it, then try again.") from None
    if found not in (change.after, change.before):
        old, new = change.after or {}, found or {}
        differing = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
        what = f"has been changed since ({', '.join(differing)})" if found else "has been deleted since"
        raise ChangedSinceError(
            f"{change.name} {what}, so nothing was changed back.",
            "Change it by hand, or see `shopfast-obs undo --list`.",
        )
