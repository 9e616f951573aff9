"""From findings to the change of the overlay that removes their causes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shopfast_obs.analysis.wiring.counterparts import Counterparts
from shopfast_obs.model.changes import FileChange, Plan, Skipped
from shopfast_obs.model.findings import Finding, PropertyChange
from shopfast_obs.model.overlay import Overlay, ResourceOverlay
from shopfast_obs.model.predictions import Prediction
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import FUNCTION, Inventory
from shopfast_obs.parse.overlay import read, write

# What a rule lets us change; other commands make the other changes, and people the rest.
COMMAND = "shopfast-obs fix --apply"

WAITS = "waits in the overlay for the next deploy: shopfast-obs deploy"


@record
class Fix:
    """The changes that a set of findings asks for, and the plan that makes them."""

    changes: tuple[PropertyChange, ...]
    plan: Plan


def plan(
    findings: Iterable[Finding],
    inventory: Inventory,
    path: str,
    before: bytes | None,
    declared: Inventory | None = None,
) -> Fix:
    """The change of the overlay file at `path`, whose content is `before`. What waits there for a deployment, and what
    `fix` leaves to other commands, is skipped with the reason. `declared` is what the app declares: what is deployed
    without a name of the app's goes into the overlay by its construct, which the next deployment finds again."""
    found = list(findings)
    new = old = read(before.decode("utf-8"), path) if before is not None else Overlay()
    changes, skipped = [], list(left_to_others(found))
    names = Counterparts(inventory, declared) if declared else None
    for change in wanted(found):
        name = names.name(change.type, change.resource) if names else change.resource
        reason = _not_now(change, name, inventory, old)
        if reason:
            skipped.append(Skipped(f"{change.resource} {change.property}", reason))
        else:
            changes.append(change)
            new = new.with_resource(ResourceOverlay(change.type, name, {change.property: change.after}))
    files = () if new == old else (FileChange(path, before, write(new).encode("utf-8"), summary(changes)),)
    said, numbers = tuple(effects(found, changes)), predicted(found, changes)
    return Fix(tuple(changes), Plan("fix", files, said, tuple(skipped), predicted=numbers))


def wanted(findings: Iterable[Finding]) -> list[PropertyChange]:
    """What the findings let us change, one change a property; where they want different sizes, the largest serves."""
    chosen: dict[tuple[str, str, str], PropertyChange] = {}
    for finding in findings:
        for change in finding.remedy.changes if _ours(finding) else ():
            key = (change.type, change.resource, change.property)
            if key not in chosen or change.after > chosen[key].after:
                chosen[key] = change
    return [chosen[key] for key in sorted(chosen)]


def _ours(finding: Finding) -> bool:
    return finding.remedy.command.startswith(COMMAND) and bool(finding.remedy.changes)


def _not_now(change: PropertyChange, name: str, inventory: Inventory, overlay: Overlay) -> str:
    resource = inventory.find(change.type, change.resource)
    if resource is None or not resource.logical_id:
        return "no stack owns it, so no template can hold the change"
    said = next((r.properties for r in overlay.resources if (r.type, r.name) == (change.type, name)), {})
    if change.property in said and said[change.property] != change.before:
        return WAITS
    return ""


def left_to_others(findings: Iterable[Finding]) -> Iterator[Skipped]:
    """The findings that somebody else removes, once a rule, with how."""
    seen: set[tuple[str, str]] = set()
    for finding in findings:
        if not _ours(finding):
            what = finding.remedy.command or finding.remedy.summary
            if (finding.rule, what) not in seen:
                seen.add((finding.rule, what))
                yield Skipped(finding.rule, what)


def effects(findings: Iterable[Finding], changes: Iterable[PropertyChange]) -> Iterator[str]:
    """What the changes mean, by the findings that asked for them."""
    made = {(change.type, change.resource, change.property, change.after) for change in changes}
    said: set[str] = set()
    for finding in findings:
        theirs = {(c.type, c.resource, c.property, c.after) for c in finding.remedy.changes}
        sentence = f"{finding.resource}: {finding.remedy.summary}"
        if theirs & made and sentence not in said:
            said.add(sentence)
            yield sentence


def predicted(findings: Iterable[Finding], changes: Iterable[PropertyChange]) -> tuple[Prediction, ...]:
    """What the changes bring, as the findings that asked for them have it; once a function."""
    memory = {c.resource: c.after for c in changes if c.type == FUNCTION and c.property == "MemorySize"}
    said = [finding.remedy.prediction for finding in findings]
    return tuple({p.function: p for p in said if p and memory.get(p.function) == p.memory_mb}.values())


def summary(changes: Iterable[PropertyChange]) -> str:
    """`web MemorySize 1024, web Timeout 10`."""
    return ", ".join(f"{change.resource} {change.property} {change.after}" for change in changes)
