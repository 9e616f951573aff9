"""From findings to the change of the overlay that removes their causes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shopfast_obs.model.changes import FileChange, Plan, Skipped
from shopfast_obs.model.findings import Finding, PropertyChange
from shopfast_obs.model.overlay import Overlay, ResourceOverlay
from shopfast_obs.model.resources import Inventory
from shopfast_obs.parse.overlay import read, write

# Properties that can be changed without touching what the code does. The others belong to `instrument` and `alarms`.
SAFE = frozenset({"Timeout", "MemorySize", "RetentionInDays"})

WAITS = "waits in the overlay for the next deploy: shopfast-obs deploy"


@dataclass(frozen=True, slots=True)
class Fix:
    """The changes that a set of findings asks for, and the plan that makes them."""

    changes: tuple[PropertyChange, ...]
    plan: Plan


def plan(findings: Iterable[Finding], inventory: Inventory, path: str, before: bytes | None) -> Fix:
    """The change of the overlay file at `path`, whose content is `before`. What waits there for a deployment, and what
    `fix` leaves to other commands, is skipped with the reason."""
    found = list(findings)
    old = read(before.decode("utf-8"), path) if before is not None else Overlay()
    changes, skipped = [], list(_left_to_others(found))
    for change in _merged(found):
        reason = _not_now(change, inventory, old)
        if reason:
            skipped.append(Skipped(f"{change.resource} {change.property}", reason))
        else:
            changes.append(change)
    new = old
    for change in changes:
        new = new.with_resource(ResourceOverlay(change.type, change.resource, {change.property: change.after}))
    files = () if new == old else (FileChange(path, before, write(new).encode("utf-8"), _summary(changes)),)
    return Fix(tuple(changes), Plan("fix", files, tuple(_effects(found, changes)), tuple(skipped)))


def _merged(findings: Iterable[Finding]) -> list[PropertyChange]:
    """One change a property; where findings want different sizes, the largest serves all."""
    chosen: dict[tuple[str, str, str], PropertyChange] = {}
    for finding in findings:
        for change in finding.remedy.changes:
            key = (change.type, change.resource, change.property)
            if change.property in SAFE and (key not in chosen or change.after > chosen[key].after):
                chosen[key] = change
    return [chosen[key] for key in sorted(chosen)]


def _not_now(change: PropertyChange, inventory: Inventory, overlay: Overlay) -> str:
    resource = inventory.find(change.type, change.resource)
    if resource is None or not resource.logical_id:
        return "no stack owns it, so no template can hold the change"
    said = next((r.properties for r in overlay.resources if (r.type, r.name) == (change.type, change.resource)), {})
    if change.property in said and said[change.property] != change.before:
        return WAITS
    return ""


def _left_to_others(findings: Iterable[Finding]) -> Iterator[Skipped]:
    seen: set[tuple[str, str]] = set()
    for finding in findings:
        if not any(change.property in SAFE for change in finding.remedy.changes):
            what = finding.remedy.command or finding.remedy.summary
            if (finding.rule, what) not in seen:
                seen.add((finding.rule, what))
                yield Skipped(finding.rule, what)


def _effects(findings: Iterable[Finding], changes: Iterable[PropertyChange]) -> Iterator[str]:
    made = {(change.type, change.resource, change.property, change.after) for change in changes}
    said: set[str] = set()
    for finding in findings:
        theirs = {(c.type, c.resource, c.property, c.after) for c in finding.remedy.changes}
        sentence = f"{finding.resource}: {finding.remedy.summary}"
        if theirs & made and sentence not in said:
            said.add(sentence)
            yield sentence


def _summary(changes: Iterable[PropertyChange]) -> str:
    return ", ".join(f"{change.resource} {change.property} {change.after}" for change in changes)
