"""The resources of a CDK app as the overlay names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aws_cdk import CfnResource, Stack, Stage
from constructs import IConstruct

from shopfast_obs.parse.names import NAME_PROPERTY


def below(stage: IConstruct) -> Iterator[IConstruct]:
    """The constructs of one stage, those of the stages in it left out, in the order they were made."""
    for child in stage.node.children:
        if not Stage.is_stage(child):
            yield child
            yield from below(child)


def within(stage: IConstruct) -> Iterator[CfnResource]:
    """The resources of one stage, in the order they were made."""
    for construct in below(stage):
        if isinstance(construct, CfnResource):
            yield construct


def named(resource: CfnResource, name: str) -> bool:
    """True when the resource has that physical name or logical id, or will get that name from CloudFormation."""
    if name in (physical_name(resource), logical_id(resource)):
        return True
    generated = f"{stack_name(resource)}-{logical_id(resource)}-"
    return name.startswith(generated) and name.removeprefix(generated).isalnum()


def physical_name(resource: CfnResource) -> str:
    """The name that the app gives the resource; empty where it gives none or one that only the cloud can work out."""
    attribute = _snake(NAME_PROPERTY.get(resource.cfn_resource_type, ""))
    value = resolved(resource, getattr(resource, attribute, "")) if attribute else ""
    return value if isinstance(value, str) else ""


def logical_id(resource: CfnResource) -> str:
    """The resource's key in the template."""
    return str(resolved(resource, resource.logical_id))


def stack_name(resource: CfnResource) -> str:
    """The name of the resource's stack."""
    return str(resolved(resource, Stack.of(resource).stack_name))


def resolved(resource: CfnResource, value: Any) -> Any:  # noqa: ANN401 - a template value has any JSON type
    """A value as it will stand in the template."""
    return Stack.of(resource).resolve(value)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
