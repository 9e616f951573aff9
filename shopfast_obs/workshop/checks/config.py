"""A property of a deployed resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.interface import CannotTellError, CheckSpec, World


class Config:
    """`{type: AWS::Lambda::Function, name: NAME, property: Timeout, at_most: 29}`: within bounds, or equal."""

    kind = "config"
    parameters = frozenset({"type", "name", "property", "at_most", "at_least", "equals"})

    def judge(self, spec: CheckSpec, world: World) -> tuple[bool, Mapping[str, Any]]:
        """The value in force, AWS's default where none was chosen."""
        wanted = spec.parameters
        resource = world.cloud.inventory().find(wanted["type"], wanted["name"])
        if resource is None:
            raise CannotTellError(f"{wanted['name']} is not deployed")
        value: Any = resource.effective(wanted["property"].partition(".")[0])
        for part in wanted["property"].split(".")[1:]:
            value = value.get(part) if isinstance(value, Mapping) else None
        right = value is not None
        if "equals" in wanted:
            right &= value == wanted["equals"]
        if right and "at_most" in wanted:
            right &= value <= wanted["at_most"]
        if right and "at_least" in wanted:
            right &= value >= wanted["at_least"]
        return right, {"value": value}


CHECK = Config()
