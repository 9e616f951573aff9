"""Changes of deployed functions: each all or nothing, at a rate that the API takes, recorded, taken back exactly.

Every function is changed in one call that names the revision that the plan saw; what belongs to it elsewhere follows,
and when that fails the function gets its settings back. A command that dies in the middle leaves an unfinished entry,
and the next one brings every function that we changed back to its before-image.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from shopfast_obs.changes.journal import Journal, Record, Status
from shopfast_obs.errors import ChangedSinceError, ShopfastObsError, UserError
from shopfast_obs.model.changes import JournalEntry, LiveChange, Plan, RoleChange, Skipped

WORKERS = 8
RATE = 10.0  # calls a second that change something; Lambda allows 15 to an account and region, and others call too
TRIES = 8
FIRST_PAUSE = 0.2  # seconds, doubled each time
RETENTION = "RetentionInDays"
Answer = TypeVar("Answer")


class FunctionError(Exception):
    """A call was refused. `again`: it may go well later. `moved`: the function is not what the plan saw."""

    def __init__(self, message: str, *, again: bool = False, moved: bool = False) -> None:
        super().__init__(message)
        self.again = again
        self.moved = moved


class Functions(Protocol):
    """The deployed functions. Its methods raise FunctionError."""

    def read(self, name: str) -> tuple[dict[str, Any], str]:
        """The settings that we may change, and the revision; waits for an update that is on its way."""
        ...

    def update(self, name: str, settings: Mapping[str, Any], revision: str) -> None:
        """Change these settings in one call if the revision is still that, and wait until they are in force."""
        ...

    def retain(self, name: str, days: int | None) -> None:
        """Set the retention of the function's log group; None: forever."""
        ...

    def permit(self, role: str, policy: str, document: Mapping[str, Any]) -> None:
        """Give the role the inline policy."""
        ...

    def forbid(self, role: str, policy: str) -> None:
        """Take the inline policy from the role; nothing when it is gone."""
        ...


@dataclass
class Pace:
    """Lets calls through one after another, no faster than the rate."""

    rate: float = RATE
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self) -> None:
        """Return when it is this call's turn."""
        with self._lock:
            now = self.clock()
            turn = max(now, self._next)
            self._next = turn + 1 / self.rate
        if turn > now:
            self.sleep(turn - now)


def apply(plan: Plan, functions: Functions, state: Path, pace: Pace | None = None) -> JournalEntry:
    """Change the functions and return the entry: its plan names those that were changed, and why others were not."""
    pace = pace or Pace()
    journal = Journal(state)
    with journal.lock():
        entry = JournalEntry(journal.next_id(), time.time(), plan)
        journal.write(Record(entry, "applying"))
        granted, refused = _permit(plan.roles, functions, pace)
        able = [change for change in plan.live if change.role not in refused]
        done, failed = _each(able, lambda change: _change(functions, pace, change))
        kept = tuple(change for change in granted if change.role in {function.role for function in done})
        _forbid([change for change in granted if change not in kept], functions, pace)
        left = tuple(Skipped(c.function, refused[c.role]) for c in plan.live if c.role in refused)
        changed = replace(plan, live=done, roles=kept, skipped=(*plan.skipped, *left, *failed))
        entry = replace(entry, plan=changed)
        status: Status = "applied" if done else "rolled back"
        journal.write(Record(entry, status))
        return entry


def undo(functions: Functions, state: Path, entry_id: str, pace: Pace | None = None) -> JournalEntry:
    """Give every function of the entry its settings back; raises ChangedSinceError, with nothing changed, when one is
    not as we left it."""
    pace = pace or Pace()
    journal = Journal(state)
    with journal.lock():
        record = record_of(journal, entry_id)
        for change in record.entry.plan.live:
            _expect(functions, change)
        journal.write(replace(record, status="undoing"))
        _, failed = _each(record.entry.plan.live, lambda change: _change_back(functions, pace, change))
        failed = failed or _forbid(record.entry.plan.roles, functions, pace)
        if failed:
            journal.write(replace(record, status="applied"))
            raise UserError(
                f"{failed[0].what} could not be changed back: {failed[0].reason} ({len(failed)} in all).",
                f"Run: shopfast-obs undo {entry_id} --yes",
            )
        entry = replace(record.entry, undone=time.time())
        journal.write(replace(record, entry=entry, status="undone"))
        return entry


def unfinished(state: Path) -> list[JournalEntry]:
    """The live changes that a command which died has left half done."""
    return [r.entry for r in Journal(state).records() if r.unfinished and r.entry.plan.live]


def recover(
    functions: Functions, state: Path, entry_id: str | None = None, pace: Pace | None = None
) -> tuple[JournalEntry, ...]:
    """Bring what was left half done (only this entry, where one is named) back to its before-images; `plan.skipped`
    names what others have changed since."""
    pace = pace or Pace()
    journal = Journal(state)
    done = []
    with journal.lock():
        for record in journal.records():
            if not record.unfinished or not record.entry.plan.live or entry_id not in (None, record.entry.id):
                continue
            _, kept = _each(record.entry.plan.live, lambda change: _change_back(functions, pace, change))
            kept += _forbid(record.entry.plan.roles, functions, pace)
            entry = replace(record.entry, undone=time.time(), plan=replace(record.entry.plan, skipped=kept))
            status: Status = "undone" if record.status == "undoing" else "rolled back"
            journal.write(replace(record, entry=entry, status=status))
            done.append(entry)
    return tuple(done)


def _permit(roles: Sequence[RoleChange], functions: Functions, pace: Pace) -> tuple[list[RoleChange], dict[str, str]]:
    """The roles that were given their policy, and why others were not."""
    granted, refused = [], {}
    for change in roles:
        try:
            again(pace, lambda change=change: functions.permit(change.role, change.policy, change.after or {}))  # type: ignore[misc]
            granted.append(change)
        except FunctionError as problem:
            refused[change.role] = f"its role {change.role} may not send traces, and cannot be given that: {problem}"
    return granted, refused


def _forbid(roles: Sequence[RoleChange], functions: Functions, pace: Pace) -> tuple[Skipped, ...]:
    """Take the policies from the roles again; returns those that could not be."""
    failed = []
    for change in roles:
        try:
            again(pace, lambda change=change: functions.forbid(change.role, change.policy))  # type: ignore[misc]
        except FunctionError as problem:
            failed.append(Skipped(f"role {change.role}", str(problem)))
    return tuple(failed)


def _each(
    changes: Sequence[LiveChange], act: Callable[[LiveChange], str]
) -> tuple[tuple[LiveChange, ...], tuple[Skipped, ...]]:
    """Those that were changed, and the others with their reasons, in the order given."""
    with ThreadPoolExecutor(WORKERS) as pool:
        reasons: Iterable[str] = list(pool.map(act, changes))
    outcome = list(zip(changes, reasons, strict=True))
    done = tuple(change for change, reason in outcome if not reason)
    return done, tuple(Skipped(change.function, reason) for change, reason in outcome if reason)


def _change(functions: Functions, pace: Pace, change: LiveChange) -> str:
    """Empty when the function has the new settings, else why it has the old ones."""
    try:
        settings, _ = again(pace, lambda: functions.read(change.function))
        if settings != change.before:
            return "it has been changed by somebody else since the plan was made"
        _put(functions, pace, change, settings, change.after)
    except FunctionError as problem:
        left = _change_back(functions, pace, change)
        return f"{_moved(problem)}; and it could not be given its settings back: {left}" if left else _moved(problem)
    return ""


def _change_back(functions: Functions, pace: Pace, change: LiveChange) -> str:
    """Empty when the function has the settings from before, else why it has not."""
    try:
        settings, _ = again(pace, lambda: functions.read(change.function))
        if not _between(settings, change.before, change.after):
            return "" if settings["Handler"] == change.before["Handler"] else "somebody else has changed it since"
        _put(functions, pace, change, settings, change.before)
    except FunctionError as problem:
        return _moved(problem)
    return ""


def _put(functions: Functions, pace: Pace, change: LiveChange, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Change what differs, the function in one call."""
    if _without_retention(old) != _without_retention(new):
        again(pace, lambda: _update(functions, change.function, old, new))
    if old[RETENTION] != new[RETENTION]:
        again(pace, lambda: functions.retain(change.function, new[RETENTION]))


def _update(functions: Functions, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """One attempt, with the revision of the settings that are expected: between attempts somebody may have come."""
    settings, revision = functions.read(name)
    if settings != old:
        raise FunctionError("the function has changed", moved=True)
    functions.update(
        name, {key: value for key, value in _without_retention(new).items() if value != old[key]}, revision
    )


def _between(settings: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """True for a function that a command which died has changed in part: each setting is the old or the new one."""
    return all(settings[key] in (old[key], new[key]) for key in new)


def _without_retention(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key != RETENTION}


def _moved(problem: FunctionError) -> str:
    return "somebody else is changing it" if problem.moved else str(problem)


def again(pace: Pace, call: Callable[[], Answer]) -> Answer:
    """The call's answer, after pauses where it may go well later; raises FunctionError when it does not."""
    pause = FIRST_PAUSE
    for number in range(TRIES):
        pace.wait()
        try:
            return call()
        except FunctionError as problem:
            if not problem.again or number == TRIES - 1:
                raise
        pace.sleep(pause)
        pause *= 2
    raise AssertionError("unreachable")


def _expect(functions: Functions, change: LiveChange) -> None:
    try:
        settings, _ = functions.read(change.function)
    except FunctionError as problem:
        raise ShopfastObsError(f"{change.function} cannot be read: {problem}.", "Mend it, then try again.") from None
    if settings not in (change.after, change.before):
        differing = [key for key in change.after if settings[key] != change.after[key]]
        raise ChangedSinceError(
            f"{change.function} has been changed since ({', '.join(differing)}), so nothing was changed back.",
            "Change it by hand, or see `shopfast-obs undo --list`.",
        )


def record_of(journal: Journal, entry_id: str) -> Record:
    """The record of an entry; raises UserError where there is none."""
    for record in journal.records():
        if record.entry.id == entry_id.zfill(4):
            return record
    raise UserError(f"There is no change {entry_id}.", "See `shopfast-obs undo --list`.")
