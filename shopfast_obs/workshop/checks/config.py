"""A property of a deployed resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.workshop.exercise import CheckSpec
from shopfast_obs.workshop.interface import ANY, NUMBER, TEXT, CannotTellError, CheckContext, Schema


class Config:
    """`{type: AWS::Lambda::Function, name: NAME, property: Timeout, at_most: 29}`: within bounds, or equal."""

    kind = "config"
    schema = Schema(
        required={"type": TEXT, "name": TEXT, "property": TEXT},
        optional={"at_most": NUMBER, "at_least": NUMBER, "equals": ANY},
        measures=frozenset({"value"}),
    )

    def judge(self, spec: CheckSpec, world: CheckContext) -> tuple[bool, Mapping[str, Any]]:
        """The value in force, AWS's default where none was chosen."""
        wanted = spec.parameters
        resource = world.cloud.inventory().find(wanted["type"], wanted["name"])
        if resource is None:
            raise CannotTellError(f"{wanted['name']} is not deployed")
        first, *rest = wanted["property"].split(".")
        value: Any = resource.effective(first)
        for part in rest:
            value = value.get(part) if isinstance(value, Mapping) else None
        return _right(value, wanted), {"value": value}


def _right(value: Any, wanted: Mapping[str, Any]) -> bool:  # noqa: ANN401 - a CloudFormation value has any JSON type
    if "equals" in wanted and value != wanted["equals"]:
        return False
    if not {"at_most", "at_least"} & set(wanted):
        return value is not None
    if not isinstance(value, int | float):
        return False
    return bool(wanted.get("at_least", value) <= value <= wanted.get("at_most", value))


CHECK = Config()
