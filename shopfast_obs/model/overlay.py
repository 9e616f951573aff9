"""The overlay: what a retrofit decided about an application's infrastructure, apart from its source.

One JSON file beside the CDK app. `constructs/` applies it at synthesis; without the file the template is pristine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Literal

from shopfast_obs.model.records import record
from shopfast_obs.model.resources import ALARM, Inventory

Layer = Literal["powertools", "runtime", "otel"]
Tracing = Literal["xray", "otel"]  # by Powertools' Tracer with the X-Ray SDK, or by OpenTelemetry; both end in X-Ray
LAYERS: Mapping[Tracing, tuple[Layer, ...]] = {
    "xray": ("powertools", "runtime"),
    "otel": ("powertools", "runtime", "otel"),
}
MARK = "shopfast-obs.overlay"  # in the assembly of an app that applies an overlay: the path of that, there or not


@record
class ResourceOverlay:
    """The decisions about one resource, found by its type and physical name (or logical id where it has no name).

    `properties` maps a CloudFormation property path (`Timeout`, `Environment.Variables.LOG_LEVEL`) to its new value.
    `layers` are appended after the function's own.
    """

    type: str
    name: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()


@record
class AlarmDefinition:
    """One alarm to create.

    `kind` is its catalogue id, `properties` those of its type but for the name and the actions.
    """

    name: str
    kind: str
    resource: str
    properties: Mapping[str, Any]
    type: str = ALARM


@record
class Overlay:
    """All decisions. `alarm_topic` is the name of the topic that alarms notify; the overlay creates it."""

    resources: tuple[ResourceOverlay, ...] = ()
    alarms: tuple[AlarmDefinition, ...] = ()
    alarm_topic: str = ""

    def with_resource(self, change: ResourceOverlay) -> Overlay:
        """This overlay with the change merged into what it already says about that resource."""
        kept, old = [], ResourceOverlay(change.type, change.name)
        for resource in self.resources:
            if (resource.type, resource.name) == (change.type, change.name):
                old = resource
            else:
                kept.append(resource)
        layers = old.layers + tuple(layer for layer in change.layers if layer not in old.layers)
        merged = replace(old, properties={**old.properties, **change.properties}, layers=layers)
        kept.append(merged)
        return replace(self, resources=tuple(sorted(kept, key=lambda r: (r.type, r.name))))

    def covers(self, other: Overlay) -> bool:
        """True when this overlay decides everything that the other decides, be it differently."""
        mine = {(r.type, r.name): r for r in self.resources}
        for theirs in other.resources:
            own = mine.get((theirs.type, theirs.name), ResourceOverlay(theirs.type, theirs.name))
            if set(theirs.properties) - set(own.properties) or set(theirs.layers) - set(own.layers):
                return False
        return {alarm.name for alarm in other.alarms} <= {alarm.name for alarm in self.alarms}

    def over(self, inventory: Inventory) -> Inventory:
        """The inventory as it will be once this overlay is deployed."""
        changes = {(r.type, r.name): r.properties for r in self.resources}
        resources = []
        for resource in inventory.resources:
            wanted = changes.get((resource.type, resource.name)) or changes.get((resource.type, resource.logical_id))
            resources.append(replace(resource, properties=_set(resource.properties, wanted)) if wanted else resource)
        return replace(inventory, resources=tuple(resources))


def _set(properties: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the properties with each dotted path set to its value."""
    result = dict(properties)
    for path, value in changes.items():
        *parents, last = path.split(".")
        inner = result
        for name in parents:
            child = inner.get(name)
            inner[name] = dict(child) if isinstance(child, Mapping) else {}
            inner = inner[name]
        inner[last] = value
    return result
