"""What the role of a function lets it do, as far as a template tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.property_values import is_open
from shopfast_obs.model.resources import FUNCTION, Resource

ROLE, POLICY, ROLE_POLICY = "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::RolePolicy"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
TRACES = ("xray:PutTraceSegments",)
_EVERYTHING = ("AdministratorAccess", "PowerUserAccess")
# What AWS's managed policies allow of these actions (AWS Managed Policy Reference, 2026-11-30); one that is not here
# may allow anything.
_MANAGED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSLambdaDynamoDBExecutionRole",
            "AWSLambdaKinesisExecutionRole", "AWSLambdaSQSQueueExecutionRole", "AWSLambdaMSKExecutionRole",
            "AWSLambdaExecute", "CloudWatchLogsFullAccess",
        ),
        ("logs:*",),
    ),
    **dict.fromkeys(_EVERYTHING, ("*",)),
    **dict.fromkeys(("AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess", "AWSXrayFullAccess"), ("xray:*",)),
    **dict.fromkeys(
        (
            "AmazonS3FullAccess", "AmazonS3ReadOnlyAccess", "AmazonSNSFullAccess", "AmazonSQSFullAccess",
            "AmazonSESFullAccess", "AmazonSSMReadOnlyAccess", "AmazonRekognitionFullAccess", "AmazonPollyFullAccess",
            "ComprehendFullAccess", "TranslateFullAccess", "AmazonDynamoDBReadOnlyAccess",
            "AWSLambdaInvocation-DynamoDB", "AWSLambdaRole",
        ),
        (),
    ),
}  # fmt: skip


def role_of(function: Resource, context: Context) -> Resource | None:
    """The role of the function, where it is declared beside it."""
    return next(iter(context.references.named(function.properties.get("Role"), ROLE)), None)


def lacks(role: Resource, actions: tuple[str, ...], context: Context) -> tuple[str, ...] | None:
    """Those of the actions that no policy of the role allows; None where not all of its policies are known."""
    allowed: list[str] = []
    for known in _policies(role, context):
        if known is None:
            return None
        allowed += known
    return tuple(action for action in actions if not any(_matches(action, one) for one in allowed))


def _matches(action: str, pattern: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())


def _policies(role: Resource, context: Context) -> Iterator[list[str] | None]:
    """What each policy of the role allows; None for one that is not known."""
    inline, managed = role.properties.get("Policies") or [], role.properties.get("ManagedPolicyArns") or []
    if not isinstance(inline, list) or not isinstance(managed, list):
        yield None
        return
    for policy in inline:
        yield _document(policy)
    for type_, name in ((POLICY, "Roles"), (MANAGED_POLICY, "Roles"), (ROLE_POLICY, "RoleName")):
        for attached in context.naming(role, type_, name):
            yield _document(attached.properties)
    for arn in managed:
        own = context.references.named(arn, MANAGED_POLICY)
        known = _document(own[0].properties) if own else _of_aws(arn)
        yield known


def _of_aws(arn: Any) -> list[str] | None:  # noqa: ANN401 - any JSON value
    if isinstance(arn, Mapping):
        arn = next(iter(arn.values()))
    name = arn.rpartition("/")[2] if isinstance(arn, str) and ":policy/" in arn else ""
    return list(_MANAGED[name]) if name in _MANAGED else None


def _document(policy: Any) -> list[str] | None:  # noqa: ANN401
    """The actions that a policy allows; None where an intrinsic or `NotAction` leaves that open."""
    document = policy.get("PolicyDocument") if isinstance(policy, Mapping) else None
    said = document.get("Statement") if isinstance(document, Mapping) else None
    listed_statements = said if isinstance(said, list) else [said]
    statements = [one for one in listed_statements if isinstance(one, Mapping) and not is_open(one)]
    if said is None or len(statements) < len(listed_statements):
        return None
    allowed: list[str] = []
    for statement in statements:
        actions = statement.get("Action")
        listed = actions if isinstance(actions, list) else [actions]
        if statement.get("Effect") != "Allow":
            continue
        named = [one for one in listed if isinstance(one, str)]
        if "NotAction" in statement or len(named) < len(listed):
            return None
        allowed += named
    return allowed


def functions_of(role: Resource, context: Context) -> tuple[Resource, ...]:
    """The functions that run with the role."""
    return context.naming(role, FUNCTION, "Role")
