"""Several templates as one inventory. Each is a namespace of its own; exports and imports, outputs of nested stacks and
parameters of Systems Manager join them, beside the physical names and ARNs that any value may hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shopfast_obs.model.references import REFERENCE, nested, readable, reference
from shopfast_obs.model.resources import SUPPRESSION, Inventory, Resource

PARAMETER = "AWS::SSM::Parameter"
DYNAMIC = re.compile(r"\{\{resolve:ssm:([^{}:]+)(?::\d+)?\}\}")
MOST_STEPS = 8  # an import of what a stack imports, and so on


def joined(parts: Sequence[Inventory]) -> Inventory:
    """The inventories of templates taken together: what a value of one says of another is followed, and resources that
    people would call the same are told apart by their stacks."""
    resources = tuple(resource for part in parts for resource in part.resources)
    joints = _Joints(parts)
    if joints.any:
        resources = tuple(replace(one, properties=joints.followed(one.properties)) for one in resources)
    return Inventory(
        ", ".join(part.source for part in parts),
        _told_apart(resources) if len(parts) > 1 else resources,
        tuple(gap for part in parts for gap in part.gaps),
        tuple(output for part in parts for output in part.outputs),
    )


class _Joints:
    """What values of one stack stand for in another."""

    def __init__(self, parts: Sequence[Inventory]) -> None:
        outputs = [output for part in parts for output in part.outputs]
        self._exports = {readable(o.export): o.value for o in outputs if o.export}
        self._outputs = {(o.stack, o.name): o.value for o in outputs}
        stored = [r for part in parts for r in part.of_type(PARAMETER)]
        self._parameters = {readable(r.identifier): r.properties.get("Value") for r in stored}
        self._level = 0

    @property
    def any(self) -> bool:
        """True when there is anything to follow."""
        return bool(self._exports or self._outputs or self._parameters)

    def followed(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """The value with what it stands for in other stacks."""
        if isinstance(value, str):
            return self._text(value) if "{" in value else value
        if isinstance(value, list):
            return [self.followed(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        found = self._target(value)
        if found is not None and self._level < MOST_STEPS:
            self._level += 1
            try:
                return self.followed(found)
            finally:
                self._level -= 1
        return {key: self.followed(item) for key, item in value.items()}

    def _target(self, value: Mapping[str, Any]) -> Any:  # noqa: ANN401
        match value:
            case {"Fn::ImportValue": str(name)}:
                return self._exports.get(readable(name))
            case {"Fn::GetAtt": [str(stack), str(attribute)]}:
                return self._of_nested(stack, attribute)
        return None

    def _of_nested(self, said: str, attribute: str) -> Any:  # noqa: ANN401
        match = REFERENCE.fullmatch(said)
        name = attribute.removeprefix("Outputs.")
        if match is None or name == attribute:
            return None
        return self._outputs.get((nested(match[2] or "", match[1]), name))

    def _text(self, text: str) -> Any:  # noqa: ANN401
        whole = DYNAMIC.fullmatch(text)
        if whole and whole[1] in self._parameters:
            return self._parameters[whole[1]]

        def parameter(match: re.Match[str]) -> str:
            found = self._parameters.get(match[1])
            return found if isinstance(found, str) else match[0]

        def output(match: re.Match[str]) -> str:
            logical_id, _, attribute = match[1].partition(".")
            found = self._of_nested(reference(logical_id, match[2] or ""), attribute)
            return found if isinstance(found, str) else match[0]

        return REFERENCE.sub(output, DYNAMIC.sub(parameter, text))


def _told_apart(resources: Sequence[Resource]) -> tuple[Resource, ...]:
    """The resources, those of one type and name in several stacks called after their stacks, too."""
    counts = Counter((r.type, r.name) for r in resources if r.type != SUPPRESSION)
    twice = {id(r) for r in resources if r.stack and counts[r.type, r.name] > 1}
    said = {(r.file, r.name): _with_stack(r) for r in resources if id(r) in twice}
    return tuple(
        replace(r, name=_with_stack(r), by_reference=r.identifier) if id(r) in twice else _meaning(r, said)
        for r in resources
    )


def _with_stack(resource: Resource) -> str:
    return f"{resource.stack}/{resource.name}"


def _meaning(resource: Resource, said: Mapping[tuple[str, str], str]) -> Resource:
    """A suppression that means a resource of its file by what that is called now."""
    new = said.get((resource.file, str(resource.properties.get("Resource")))) if resource.type == SUPPRESSION else None
    return replace(resource, properties={**resource.properties, "Resource": new}) if new else resource
