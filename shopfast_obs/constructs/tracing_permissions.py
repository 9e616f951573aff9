"""What active tracing needs besides the switch: a role that may send segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_iam as iam

from shopfast_obs.constructs import resources
from shopfast_obs.constructs.resources import Found
from shopfast_obs.model.resources import FUNCTION, STATE_MACHINE

# Segments and sampling rules belong to no resource: X-Ray's actions take "*" only (Service Authorization Reference).
ROLE = "AWS::IAM::Role"
ACTIONS = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)
# type: (the switch, its value when on, the same as an object, the attribute that has the role's ARN)
_SWITCHES: Mapping[str, tuple[str, Any, str]] = {
    FUNCTION: ("TracingConfig.Mode", "Active", "role"),
    STATE_MACHINE: ("TracingConfiguration.Enabled", True, "role_arn"),
}


class NoRoleError(Exception):
    """The resource's role is not in the app; the message says which permissions it needs."""


def permit(resource: CfnResource, properties: Mapping[str, Any], present: Iterable[Found]) -> None:
    """Where these properties switch tracing on, let the resource's role send segments. Raises NoRoleError."""
    switch = _SWITCHES.get(resource.cfn_resource_type)
    if switch is None or not _switched_on(properties, *switch[:2]):
        return
    role = _role(resource, resources.resolved(resource, getattr(resource, switch[2], None)), present)
    if role is None:
        raise NoRoleError(f"has a role that this app does not make: let it do {', '.join(ACTIONS)}")
    # Lambda refuses active tracing for a role that may not send segments yet.
    resource.add_resource_dependency(_policy(role))


def _switched_on(properties: Mapping[str, Any], path: str, value: Any) -> bool:  # noqa: ANN401
    whole, part = path.split(".")
    config = properties.get(whole)
    return bool(properties.get(path, config.get(part) if isinstance(config, Mapping) else None) == value)


def _role(resource: CfnResource, arn: Any, present: Iterable[Found]) -> CfnResource | None:  # noqa: ANN401
    target = arn.get("Fn::GetAtt") if isinstance(arn, Mapping) else None
    if not isinstance(target, list):
        return None
    home = Stack.of(resource).node.path
    for found in present:
        if (found.type, found.logical_id) == (ROLE, target[0]) and found.stack.node.path == home:
            return found.resource
    return None


def _policy(role: CfnResource) -> CfnResource:
    made = role.node.try_find_child("Tracing")
    if isinstance(made, CfnResource):
        return made
    statement = iam.PolicyStatement(actions=list(ACTIONS), resources=["*"])
    return iam.CfnPolicy(
        role,
        "Tracing",
        policy_name="tracing",
        policy_document=iam.PolicyDocument(statements=[statement]),
        roles=[role.ref],
    )
