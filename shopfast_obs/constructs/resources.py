"""The resources of a CDK app as the overlay names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from aws_cdk import CfnResource, Stack, Stage
from constructs import Construct, IConstruct

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


def is_stage(construct: IConstruct) -> bool:
    """True for a stage, the app included. CDK itself is asked, which takes a message to Node, only about what Python
    knows by its interfaces alone."""
    return isinstance(construct, Stage) if isinstance(construct, Construct) else bool(Stage.is_stage(construct))


def is_stack(construct: IConstruct) -> bool:
    """True for a stack, a nested one included."""
    return isinstance(construct, Stack) if isinstance(construct, Construct) else bool(Stack.is_stack(construct))


def below(construct: IConstruct) -> Iterator[IConstruct]:
    """The constructs in a stage or below a construct, those of the stages in it left out, in the order they were
    made."""
    inside = construct.node.find_all()[1:]  # one message to Node; going from child to child takes two for each
    if not any(map(is_stage, inside)):
        yield from inside
        return
    for child in construct.node.children:
        if not is_stage(child):
            yield child
            yield from below(child)


def within(constructs: Iterable[IConstruct]) -> Iterator[Found]:
    """The resources among these constructs, in their order."""
    names: dict[Stack, tuple[str, bool]] = {}
    for construct in constructs:
        if isinstance(construct, CfnResource):
            stack = Stack.of(construct)
            if stack not in names:
                names[stack] = _name(stack), stack.nested
            yield _found(construct, stack, *names[stack])


def resolved(resource: CfnResource, value: Any) -> Any:  # noqa: ANN401 - a template value has any JSON type
    """A value as it will stand in the template."""
    return Stack.of(resource).resolve(value)


def _name(stack: Stack) -> str:
    """What the stack is called: a nested one after the resource that makes it."""
    parent, maker = stack.nested_stack_parent, stack.nested_stack_resource
    if parent is None or maker is None:
        return str(stack.resolve(stack.stack_name))
    return nested(_name(parent), str(parent.resolve(maker.logical_id)))


def _found(resource: CfnResource, stack: Stack, stack_name: str, nested_stack: bool) -> Found:
    type_ = resource.cfn_resource_type
    attribute = _snake(NAME_PROPERTY.get(type_, ""))
    name = getattr(resource, attribute, None) if attribute else None
    said = stack.resolve({"id": resource.logical_id, **({"name": name} if name is not None else {})})
    logical_id, name = str(said["id"]), said.get("name")
    return Found(
        resource,
        stack,
        type_,
        logical_id,
        name if isinstance(name, str) else "",
        stack_name,
        "" if nested_stack else f"{stack_name}-{logical_id}-",
        construct_path(str(resource.node.path)),
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
