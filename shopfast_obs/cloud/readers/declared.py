"""What CloudFormation says is in the stacks, and what services list beside it: the ids that readers look up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource


@record
class StackResource:
    """One resource of a stack, as ListStackResources has it; of no stack without a logical id and a stack."""

    type: str
    logical_id: str
    physical_id: str
    stack: str

    def resource(self, name: str, properties: Mapping[str, Any], arn: str = "") -> Resource:
        """The resource with what was read of it; properties that are None are left out."""
        return Resource(self.type, name, self.logical_id, self.stack, arn, without_none(properties))


@record
class Declared:
    """The resources of the chosen stacks. `everything`: no stack was chosen, so what no stack owns counts too; what its
    service lists is then among them, of no stack."""

    resources: tuple[StackResource, ...] = ()
    everything: bool = True
    _index: dict[tuple[str, str], StackResource] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._index.update({(r.type, r.physical_id): r for r in self.resources})

    def of_type(self, type_: str) -> Iterator[StackResource]:
        """The resources of one CloudFormation type."""
        return (resource for resource in self.resources if resource.type == type_)

    def wanted(self, type_: str, physical_id: str) -> StackResource | None:
        """Who a listed item is: its entry in a stack, or an entry of no stack; None when only stacks were asked for."""
        known = self._index.get((type_, physical_id))
        if known is None and self.everything:
            return StackResource(type_, "", physical_id, "")
        return known

    def wanted_among(
        self, type_: str, key: str, items: Iterable[Mapping[str, Any]]
    ) -> list[tuple[StackResource, Mapping[str, Any]]]:
        """The listed items that were asked for, each after who it is; `key` has an item's physical id."""
        owners = ((self.wanted(type_, item[key]), item) for item in items)
        return [(owner, item) for owner, item in owners if owner is not None]


def without_none(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that have a value."""
    return {key: value for key, value in properties.items() if value is not None}


def picked(source: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The named properties of an API answer; those that are absent or empty are left out."""
    return {name: source[name] for name in names if source.get(name) not in (None, "", {}, [])}
