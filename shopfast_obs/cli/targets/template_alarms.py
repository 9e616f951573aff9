"""`alarms` for templates that people write: what they need from themselves, or from what is deployed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs import confine
from shopfast_obs.cli.targets import available
from shopfast_obs.errors import ProjectError, UserError
from shopfast_obs.model.records import record

if TYPE_CHECKING:
    from shopfast_obs.alarms.needed_alarms import Derived
    from shopfast_obs.alarms.templates import Declared
    from shopfast_obs.model.changes import Plan
    from shopfast_obs.model.resources import Inventory


@record
class Found:
    """One template file with its text, and the alarms that its resources need."""

    file: Path
    text: str
    declared: Declared


def find(
    path: Path, derive: Callable[[Inventory], Derived], deployed: Inventory | None = None
) -> tuple[list[Found], list[str]]:
    """The template files that a path stands for, nested ones too, and what of them could not be read. They are read
    together, each stack being a namespace of its own; the settings that are in force come from what is deployed, where
    that is given."""
    from shopfast_obs.alarms.templates import declared
    from shopfast_obs.cli.application import templates
    from shopfast_obs.parse.templates.template_edit import EditError

    found = []
    inventory = templates.open_names(*templates.files(path))
    unread = [f"{gap.what}: {gap.reason}" for gap in inventory.gaps]
    if deployed is not None:
        inventory = _in_force(inventory, deployed)
    derived = derive(inventory)
    for file in dict.fromkeys(r.file for r in inventory.resources if r.file):
        text = _decoded(Path(file))
        try:
            found.append(Found(Path(file), text, declared(inventory, file, text, derived)))
        except EditError as problem:
            raise UserError(f"{file}: {problem}.", "Mend the file, then try again.") from None
    return found, unread


def named(found: Sequence[Found]) -> dict[str, Mapping[str, Any]]:
    """All the alarms by their logical ids; what two files have of one is told apart by the file."""
    times = Counter(name for one in found for name in one.declared.alarms)
    return {
        name if times[name] == 1 else f"{one.file}: {name}": alarm
        for one in found
        for name, alarm in one.declared.alarms.items()
    }


def plan(found: Sequence[Found]) -> tuple[Plan, Path]:
    """The change of the files, with paths from the folder that is the other part of the answer; raises ProjectError for
    a template that a tool makes."""
    from shopfast_obs.alarms.needed_alarms import PRICE, read_metrics
    from shopfast_obs.alarms.templates import edited
    from shopfast_obs.model.changes import FileChange, Plan, Skipped
    from shopfast_obs.parse.templates.template_edit import EditError

    root = Path(os.path.commonpath([one.file.resolve().parent for one in found] or [Path.cwd()]))
    changes, skipped, effects = [], list[Skipped](), []
    for one in found:
        available.require_written(one.file)
        try:
            new = edited(one.text, one.declared)
        except EditError as problem:
            raise ProjectError(
                f"{one.file} takes no alarms: {problem}.", "Change it by hand; see --format json."
            ) from None
        skipped += new.skipped
        added = [name for name in new.added if name in one.declared.alarms]
        if added:
            before, after = one.text.encode(), new.text.encode()
            said = str(one.file.resolve().relative_to(root))
            changes.append(FileChange(said, before, after, f"{len(added)} alarms"))
            cost = PRICE * sum(read_metrics(one.declared.alarms[name]["Properties"]) for name in added)
            effects.append(f"{len(added)} alarms come into {one.file}; on AWS they cost about {cost:.2f} USD a month.")
            if len(new.added) > len(added):
                effects.append("They notify a new topic, AlarmTopic: subscribe to it.")
    return Plan("alarms apply --template", tuple(changes), tuple(effects), tuple(skipped)), root


def _in_force(inventory: Inventory, deployed: Inventory) -> Inventory:
    """What the template declares, with the settings of what is deployed of it; of one name in several stacks, none."""
    running: dict[tuple[str, str], list[dict[str, object]]] = {}
    for resource in deployed.resources:
        if resource.logical_id:
            running.setdefault((resource.type, resource.logical_id), []).append(dict(resource.properties))
    resources = []
    for resource in inventory.resources:
        theirs = running.get((resource.type, resource.logical_id), [])
        plain = (
            {key: value for key, value in theirs[0].items() if isinstance(value, int | float)}
            if len(theirs) == 1
            else {}
        )
        resources.append(replace(resource, properties={**resource.properties, **plain}))
    if not any((r.type, r.logical_id) in running for r in inventory.resources):
        raise UserError(
            f"Nothing of {inventory.source} is deployed on {deployed.source}.",
            "Deploy it first, or look at the template alone: --template.",
        )
    return replace(inventory, resources=tuple(resources))


def _decoded(file: Path) -> str:
    try:
        return confine.content(file).decode("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{file} cannot be read: it is not UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as problem:
        raise UserError(f"{file} cannot be read: {problem.strerror}.", "Name another file.") from None
