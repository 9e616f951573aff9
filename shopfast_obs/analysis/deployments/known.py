"""Which deployments there were, from everything that tells of them: stacks, functions, the journal, what was logged.

A stack says of a function that it touched it; Lambda says when the function was changed last. What both know is one
deployment, what only one of them knows another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shopfast_obs.model.changes import JournalEntry
from shopfast_obs.model.counts import plural
from shopfast_obs.model.deployments import (
    JOURNAL,
    LAST_MODIFIED,
    STACK_EVENTS,
    ChangedResource,
    Deployment,
    Modified,
    Recorded,
    StackOperation,
)
from shopfast_obs.model.telemetry import TimeRange

NEAR = 5.0  # seconds between two changes of one deployment: several stacks, or several functions
SLACK = 1.0  # seconds by which the clocks of two services may differ
LATER = 120.0  # seconds in which a function may come to its new version after somebody asked for it


def deployments(
    recorded: Recorded, journal: Sequence[JournalEntry] = (), seen: Sequence[Deployment] = (), target: str = ""
) -> tuple[Deployment, ...]:
    """The deployments, oldest first. `journal` has the changes of this project (live ones of `target` are deployments,
    those of files are carried by the next one), `seen` what log lines tell, which is left out where another source
    has it."""
    latest = {one.name: one.time for one in recorded.functions}
    by_stacks = [found for one in recorded.operations if (found := _by_stack(one, latest)) is not None]
    by_hand = _live(journal, target)
    known = [*by_stacks, *by_hand]
    alone = [one for one in recorded.functions if not any(_explains(found, one) for found in known)]
    known += _together(alone)
    known += [one for one in seen if not any(_same(found, one) for found in known)]
    merged = _merged(sorted(known, key=lambda one: (one.first, one.time)))
    return _carrying(merged, journal)


def _by_stack(operation: StackOperation, latest: dict[str, float]) -> Deployment | None:
    """The operation as a deployment, when it changed a function: events alone may tell of more than was changed."""
    touched = [one for one in operation.touched if not one.function or _changed(one, latest)]
    names = tuple(sorted({one.name for one in touched}))
    if not any(one.function for one in touched):
        return None
    began, done = min(one.began for one in touched), max(one.done for one in touched)
    what, new = f"stack {operation.stack} {_verb(operation.status)}", operation.status.startswith("CREATE")
    return Deployment(done, what, STACK_EVENTS, names, began, new=new)


def _changed(touched: ChangedResource, latest: dict[str, float]) -> bool:
    """False when the function was changed last before the stack came to it; one that is gone cannot be asked."""
    return latest.get(touched.name, touched.began) >= touched.began - SLACK


def _verb(status: str) -> str:
    if "ROLLBACK" in status:
        return "updated and rolled back"
    if status.endswith("_IN_PROGRESS") and "CLEANUP" not in status:
        return "being created" if status.startswith("CREATE") else "being updated"
    return "created" if status.startswith("CREATE") else "updated"


def _live(journal: Iterable[JournalEntry], target: str) -> list[Deployment]:
    """What commands of ours changed in the account itself, and took back."""
    found = []
    for entry in journal:
        names = tuple(sorted({change.function for change in entry.plan.live}))
        if names and entry.plan.target == target:
            what = entry.plan.command
            found.append(Deployment(entry.time, what, f"{JOURNAL} {entry.id}", names, carries=()))
            if entry.undone is not None:
                found.append(Deployment(entry.undone, f"undo of {what}", f"{JOURNAL} {entry.id}", names))
    return found


def _explains(deployment: Deployment, function: Modified) -> bool:
    """True when the function's last change belongs to the deployment."""
    return function.name in deployment.names and (
        deployment.first - LATER <= function.time <= deployment.time + SLACK
        if deployment.source.startswith(JOURNAL)
        else deployment.first - SLACK <= function.time <= deployment.time + SLACK
    )


def _together(functions: Iterable[Modified]) -> list[Deployment]:
    """One deployment of the functions that were changed one after another, as far as nothing else explains them."""
    found: list[Deployment] = []
    for one in sorted(functions, key=lambda function: function.time):
        if found and one.time - found[-1].time <= NEAR:
            names = (*found[-1].names, one.name)
            found[-1] = replace(found[-1], time=one.time, names=names, what=_functions(names))
        else:
            found.append(Deployment(one.time, _functions((one.name,)), LAST_MODIFIED, (one.name,), one.time))
    return found


def _functions(names: Sequence[str]) -> str:
    return f"{names[0]} changed" if len(names) == 1 else f"{plural(len(names), 'function')} changed"


def _same(known: Deployment, seen: Deployment) -> bool:
    """True when what was logged is the known deployment: the log tells it with the first invocation after it. Where the
    old version answered after it, too, something else came later: an alias that was moved, a canary."""
    near = known.first - SLACK <= seen.time <= known.time + LATER and seen.first <= known.time + SLACK
    return near and bool({*known.names} & {*seen.names})


def _merged(found: Iterable[Deployment]) -> list[Deployment]:
    """Without those that are parts of one: the stacks of one run follow each other within seconds."""
    whole: list[Deployment] = []
    for one in found:
        if whole and one.first - whole[-1].time <= NEAR:
            whole[-1] = _both(whole[-1], one)
        else:
            whole.append(one)
    return whole


def _both(first: Deployment, second: Deployment) -> Deployment:
    what = first.what if second.what in first.what else f"{first.what}, {second.what}"
    source = first.source if second.source in first.source else f"{first.source}, {second.source}"
    names = tuple(sorted({*first.names, *second.names}))
    carries = (*first.carries, *second.carries)
    began, new = min(first.first, second.first), first.new and second.new
    return Deployment(max(first.time, second.time), what, source, names, began, carries, new)


def _carrying(found: Sequence[Deployment], journal: Sequence[JournalEntry]) -> tuple[Deployment, ...]:
    """Each with the changes of files that were made after the one before it, and not taken back before it; the first
    without, because nothing tells what came with an earlier one."""
    carrying: list[Deployment] = []
    before = found[0].first if found else 0.0
    for one in found:
        new = tuple(
            f"{entry.plan.command} {entry.id}"
            for entry in journal
            if before < entry.time <= one.first
            and not entry.plan.remote
            and (entry.undone is None or entry.undone > one.first)
        )
        carrying.append(replace(one, carries=(*one.carries, *new)))
        before = one.first
    return tuple(carrying)


def lives(found: Sequence[Deployment], place: int, now: float) -> tuple[TimeRange | None, TimeRange]:
    """From when to when what ran before the deployment did, None where nothing says since when, and what came with
    it."""
    one = found[place]
    before = TimeRange(found[place - 1].time, one.first) if place else None
    end = found[place + 1].first if place + 1 < len(found) else now
    return before, TimeRange(one.time, max(one.time, end))


def around(found: Sequence[Deployment], place: int, now: float) -> tuple[TimeRange, TimeRange]:
    """Two windows of one length, next to the deployment: as long as the shorter-lived of the two versions ran."""
    before, after = lives(found, place, now)
    length = min(after.seconds, before.seconds if before else after.seconds)
    first = found[place].first
    return TimeRange(first - length, first), TimeRange(after.start, after.start + length)
