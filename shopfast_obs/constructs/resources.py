"""The resources of a CDK app as the overlay names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aws_cdk import CfnResource, Stack, Stage
from constructs import IConstruct

from shopfast_obs.model.references import nested
from shopfast_obs.parse.templates.physical_names import NAME_PROPERTY, construct_path, goes_by


@dataclass(frozen=True, slots=True)
class Found:
    """One resource of the app with what it goes by. Asking CDK is slow, so it is asked once."""

    resource: CfnResource
    stack: Stack
    type: str
    logical_id: str
    physical_name: str  # empty where the app gives none, or one that only the cloud can work out
    stack_name: str  # of a nested stack, what it is called in an inventory of templates
    generated: str  # how the name begins that CloudFormation gives a resource without one; empty in a nested stack
    path: str  # of the construct that people know: `Notes/F`

    def goes_by(self, name: str) -> bool:
        """True when the overlay means it by that name."""
        return goes_by(name, self.physical_name, self.path, self.logical_id, self.generated)


def below(stage: IConstruct) -> Iterator[IConstruct]:
    """The constructs of one stage, those of the stages in it left out, in the order they were made."""
    for construct in stage.node.children:
        if not Stage.is_stage(construct):
            yield construct
            yield from below(construct)


def within(stage: IConstruct) -> Iterator[Found]:
    """The resources of one stage, in the order they were made."""
    for construct in below(stage):
        if isinstance(construct, CfnResource):
            yield _found(construct)


def resolved(resource: CfnResource, value: Any) -> Any:  # noqa: ANN401 - a template value has any JSON type
    """A value as it will stand in the template."""
    return Stack.of(resource).resolve(value)


def _name(stack: Stack) -> str:
    """What the stack is called: a nested one after the resource that makes it."""
    parent, maker = stack.nested_stack_parent, stack.nested_stack_resource
    if parent is None or maker is None:
        return str(stack.resolve(stack.stack_name))
    return nested(_name(parent), str(parent.resolve(maker.logical_id)))


def _found(resource: CfnResource) -> Found:
    stack = Stack.of(resource)
    stack_name = _name(stack)
    type_ = resource.cfn_resource_type
    attribute = _snake(NAME_PROPERTY.get(type_, ""))
    name = stack.resolve(getattr(resource, attribute, None)) if attribute else None
    logical_id = str(stack.resolve(resource.logical_id))
    return Found(
        resource,
        stack,
        type_,
        logical_id,
        name if isinstance(name, str) else "",
        stack_name,
        "" if stack.nested else f"{stack_name}-{logical_id}-",
        construct_path(str(resource.node.path)),
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
