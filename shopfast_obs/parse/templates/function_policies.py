"""The policy of a function as CloudFormation's permissions, one a statement: from `AWS::Lambda::ResourcePolicy`, and
from what GetPolicy answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shopfast_obs.model.resources import PERMISSION, RESOURCE_POLICY, Resource
from shopfast_obs.parse.dialects.interface import mapping

# What AddPermission makes a condition of.
_CONDITIONS = {
    "lambda:functionurlauthtype": "FunctionUrlAuthType",
    "lambda:invokedviafunctionurl": "InvokedViaFunctionUrl",
    "aws:sourcearn": "SourceArn",
}


def permissions(resources: Iterable[Resource]) -> Iterator[Resource]:
    """The permissions that the resource policies among the resources give; each is of the template that its policy is
    of."""
    for policy in resources:
        if policy.type == RESOURCE_POLICY:
            for number, said in enumerate(statements(policy.properties.get("PolicyDocument"))):
                properties = {"FunctionName": policy.properties.get("ResourceArn"), **said}
                name = f"{policy.name}|{number}"
                yield Resource(PERMISSION, name, "", policy.stack, "", properties, policy.file, policy.lines)


def statements(policy: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a document as somebody wrote it
    """The properties of a permission for each statement that allows something to somebody."""
    listed = mapping(policy).get("Statement")
    for item in listed if isinstance(listed, list) else [listed]:
        statement = mapping(item)
        if statement.get("Effect") != "Allow":
            continue
        said = {"Action": statement.get("Action"), **_conditions(statement)}
        for principal in _principals(statement.get("Principal")):
            yield {**said, "Principal": principal}


def _principals(said: Any) -> Iterator[Any]:  # noqa: ANN401
    """Who is named; a mapping has kinds of principals, each one or several."""
    intrinsic = isinstance(said, Mapping) and any(key == "Ref" or str(key).startswith("Fn::") for key in said)
    if not isinstance(said, Mapping) or intrinsic:
        yield said
        return
    for named in said.values():
        yield from named if isinstance(named, list) else [named]


def _conditions(statement: Mapping[str, Any]) -> dict[str, Any]:
    tests = mapping(statement.get("Condition")).values()
    said = [(str(name).lower(), value) for test in tests for name, value in mapping(test).items()]
    return {_CONDITIONS[name]: value for name, value in said if name in _CONDITIONS}
