"""Changed values of the overlay in synthesised templates, where they change nothing but the property that they name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shopfast_obs.cloud.deploy import assembly
from shopfast_obs.cloud.deploy.assembly import Stack
from shopfast_obs.cloud.synthesis.documents import NotPossibleError, versioned
from shopfast_obs.errors import UserError
from shopfast_obs.model.overlay import Overlay, ResourceOverlay
from shopfast_obs.model.resources import ALARM, EVENT_SOURCE_MAPPING, FUNCTION, LOG_GROUP, QUEUE, REST_STAGE
from shopfast_obs.parse import overlay
from shopfast_obs.parse.templates.physical_names import NAME_PROPERTY, construct_path, goes_by

# Nothing else in a template is made of the settings of these, where they have no versions.
TYPES = frozenset({FUNCTION, EVENT_SOURCE_MAPPING, LOG_GROUP, QUEUE, REST_STAGE})
# Tracing needs rights, a layer has to be made, and what has another name is another resource.
MADE_OF = frozenset({"TracingConfig", "Layers", "Code", "Role", *NAME_PROPERTY.values()})
Scalar = str | int | float | bool


def patch(texts: dict[Path, str], output: Path, before: str, now: str) -> None:
    """Set what the overlay says now and did not say before; raises NotPossibleError where the app has to be asked."""
    old, new = _read(before), _read(now)
    changes = [*_of_resources(old, new), *_of_alarms(old, new)]
    stacks = assembly.read(output)
    if any(path.parent != output for path in texts) or any(stack.nested for stack in stacks):
        raise NotPossibleError("the app has stages or nested stacks")
    files = {text: path for path, text in texts.items()}
    placed = set()
    for stack in stacks:
        template = json.loads(stack.template)
        for number, change in enumerate(changes):
            for logical_id in _meant(stack, template["Resources"], change):
                _set(template["Resources"][logical_id], change)
                placed.add(number)
        if template != json.loads(stack.template):
            texts[files[stack.template]] = json.dumps(template, indent=1, ensure_ascii=False)
    if len(placed) < len(changes):
        raise NotPossibleError("the overlay names what is not there")


def _read(text: str) -> Overlay:
    try:
        return overlay.read(text) if text else Overlay()
    except UserError as problem:
        raise NotPossibleError(str(problem)) from None


def _of_resources(old: Overlay, new: Overlay) -> Iterator[ResourceOverlay]:
    """Each resource with its changed values."""
    before = {(change.type, change.name): change for change in old.resources}
    for change in new.resources:
        known = before.pop((change.type, change.name), ResourceOverlay(change.type, change.name))
        values = _changed(known.properties, change.properties)
        if change.layers != known.layers or any(path.split(".")[0] in MADE_OF or "\\" in path for path in values):
            raise NotPossibleError(f"of {change.name} more than values changed")
        if values and change.type not in TYPES:
            raise NotPossibleError(f"other resources may be made of {change.name}")
        if values:
            yield ResourceOverlay(change.type, change.name, values)
    if before:
        raise NotPossibleError("the overlay has less in it than before")


def _of_alarms(old: Overlay, new: Overlay) -> Iterator[ResourceOverlay]:
    """Each alarm with its changed values."""
    if [(a.name, a.kind, a.resource) for a in old.alarms] != [(a.name, a.kind, a.resource) for a in new.alarms]:
        raise NotPossibleError("the overlay has other alarms than before")
    if old.alarm_topic != new.alarm_topic:
        raise NotPossibleError("the overlay has another topic than before")
    for known, alarm in zip(old.alarms, new.alarms, strict=True):
        if values := _changed(known.properties, alarm.properties):
            yield ResourceOverlay(ALARM, alarm.name, values)


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not as before."""
    if set(old) - set(new):
        raise NotPossibleError("the overlay has less in it than before")
    values = {path: value for path, value in new.items() if path not in old or old[path] != value}
    if not all(isinstance(value, Scalar) for value in values.values()):
        raise NotPossibleError("the overlay has a new value that is more than a number or a text")
    return values


def _meant(stack: Stack, resources: Mapping[str, Any], change: ResourceOverlay) -> Iterator[str]:
    """The logical ids of what the change is about."""
    apart = versioned(resources)
    for logical_id, entry in resources.items():
        name = entry.get("Properties", {}).get(NAME_PROPERTY.get(change.type, ""))
        path = construct_path(stack.paths.get(logical_id, logical_id))
        physical = name if isinstance(name, str) else ""
        if entry.get("Type") == change.type and goes_by(
            change.name, physical, path, logical_id, f"{stack.name}-{logical_id}-"
        ):
            if logical_id in apart:
                raise NotPossibleError(f"{logical_id} has versions")
            yield logical_id


def _set(entry: dict[str, Any], change: ResourceOverlay) -> None:
    for path, value in sorted(change.properties.items()):
        *parents, last = path.split(".")
        inner = entry.setdefault("Properties", {})
        for part in parents:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict) or any(key == "Ref" or key.startswith("Fn::") for key in inner):
                raise NotPossibleError(f"{path} is inside of something that is worked out in the cloud")
        inner[last] = value
