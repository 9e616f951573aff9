"""Roles of a template: active tracing needs one that may send segments, or Lambda refuses the deployment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shopfast_obs.instrument.infrastructure.permissions import SENDING, may_send
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.templates.template_edit import EditError, append

ROLE = "AWS::IAM::Role"
POLICIES = frozenset({"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"})
ATTACHED = "ManagedPolicyArns"
MANAGED = "AWSXRayDaemonWriteAccess"
# AWS's own policies that allow both actions (AWS managed policy reference).
_ALLOWING = (
    "AWSXRayDaemonWriteAccess",
    "AWSXrayWriteOnlyAccess",
    "AWSXrayFullAccess",
    "AdministratorAccess",
    "PowerUserAccess",
    "CloudWatchLambdaApplicationSignalsExecutionRolePolicy",
)
ALLOWING = re.compile(rf"policy/(?:{'|'.join(_ALLOWING)})\b")


@dataclass(frozen=True, slots=True)
class Permitted:
    """The template's new text, the logical ids of the roles that were changed, and what is left to do by hand."""

    text: str
    roles: frozenset[str]
    left: tuple[str, ...]


def permit(text: str, template: Mapping[str, Any], roles: Mapping[str, Any]) -> Permitted:
    """The template in which the roles of these functions may send segments; `roles` has what each function says as its
    Role, by the function's logical id."""
    changed, left = set[str](), []
    for function, said in roles.items():
        name = _logical_id(said)
        properties = _role(template, name)
        if properties is None:
            left.append(f"{function} has a role that this template does not make: {_by_hand()}")
        elif name not in changed and not _may_send(template, name, properties):
            try:
                text = append(text, ["Resources", name, "Properties", ATTACHED], [_managed()])
            except EditError as problem:
                left.append(f"{name} was left alone ({problem}): {_by_hand()}")
            else:
                changed.add(name)
    return Permitted(text, frozenset(changed), tuple(left))


def _by_hand() -> str:
    return f"let it do {' and '.join(SENDING)} before the next deployment, which Lambda refuses otherwise."


def _managed() -> dict[str, str]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::aws:policy/{MANAGED}"}


def _logical_id(said: Any) -> str:  # noqa: ANN401 - any JSON value
    """The role whose ARN that is, where the template refers to one."""
    match said:
        case {"Fn::GetAtt": [str(name), "Arn"]}:
            return name
        case {"Fn::GetAtt": str(text)}:
            return text.removesuffix(".Arn")
        case {"Fn::Sub": str(text)} if found := re.fullmatch(r"\$\{(\w+)\.Arn\}", text):
            return found[1]
    return ""


def _role(template: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    resource = mapping(mapping(template.get("Resources")).get(name))
    return mapping(resource.get("Properties")) if resource.get("Type") == ROLE else None


def _may_send(template: Mapping[str, Any], name: str, properties: Mapping[str, Any]) -> bool:
    attached = properties.get(ATTACHED)
    if any(ALLOWING.search(str(arn)) for arn in (attached if isinstance(attached, list) else ())):
        return True
    return may_send([*_inline(properties), *_beside(template, name)])


def _inline(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    policies = properties.get("Policies")
    for policy in policies if isinstance(policies, list) else ():
        yield _document(policy)


def _beside(template: Mapping[str, Any], role: str) -> Iterator[Mapping[str, Any]]:
    """Policies that the template declares on their own, and that name the role."""
    for resource in mapping(template.get("Resources")).values():
        properties = mapping(mapping(resource).get("Properties"))
        said = properties.get("Roles") or [properties.get("RoleName")]
        names: Iterable[Any] = said if isinstance(said, list) else ()
        if mapping(resource).get("Type") in POLICIES and {"Ref": role} in names:
            yield _document(properties)


def _document(policy: Any) -> Mapping[str, Any]:  # noqa: ANN401
    return mapping(mapping(policy).get("PolicyDocument"))
