"""The role that the Serverless Framework makes for the functions that name none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.dialects.serverless.owner import Resources

ROLE = "IamRoleLambdaExecution"
_LOGS = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/"
_TRACES = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
_IN_VPC = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"


def own_role(provider: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an ARN, a name or an intrinsic
    """The role that the file names for all functions; None where the framework makes one."""
    role = mapping(provider.get("iam")).get("role")
    named = isinstance(role, str) or any("::" in str(key) for key in mapping(role))
    return role if named else provider.get("role")


def role_of(said: Any) -> Any:  # noqa: ANN401
    """A role by its logical id, as the framework takes a name, or by its ARN; its own where nothing is said."""
    if said is None or (isinstance(said, str) and not said.startswith("arn:")):
        return {"Fn::GetAtt": [said or ROLE, "Arn"]}
    return said


def made_role(prefix: str, provider: Mapping[str, Any], functions: Mapping[str, Mapping[str, Any]]) -> Resources:
    """The framework's role under its logical id; nothing where every function has another one. `prefix` is what the
    names of functions begin with."""
    needed = own_role(provider) is None and "role" not in provider
    if not functions or not needed or all("role" in function for function in functions.values()):
        return {}
    said = mapping(mapping(provider.get("iam")).get("role"))
    statements = said.get("statements") or provider.get("iamRoleStatements") or []
    traced = [mapping(provider.get("tracing")).get("lambda"), *(f.get("tracing") for f in functions.values())]
    traces = [{"Effect": "Allow", "Action": _TRACES, "Resource": ["*"]}] if any(traced) else []
    managed = list(_listed(said.get("managedPolicies") or provider.get("iamManagedPolicies")))
    if provider.get("vpc") or any("vpc" in function for function in functions.values()):
        managed.append({"Fn::Sub": _IN_VPC})
    policy = {
        "PolicyName": f"{prefix}-lambda",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [*_logs(prefix), *traces, *_listed(statements)]},
    }
    name = {"Fn::Join": ["-", [prefix, {"Ref": "AWS::Region"}, "lambdaRole"]]}
    properties = {"RoleName": said.get("name") or name, "Path": said.get("path") or "/", "Policies": [policy]}
    properties |= {"ManagedPolicyArns": managed} if managed else {}
    return {ROLE: {"Type": "AWS::IAM::Role", "Properties": properties}}


def _logs(prefix: str) -> list[dict[str, Any]]:
    groups = {"Fn::Sub": f"{_LOGS}{prefix}*:*"}
    made = ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"]
    return [
        {"Effect": "Allow", "Action": made, "Resource": [groups]},
        {"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": [{"Fn::Sub": f"{_LOGS}{prefix}*:*:*"}]},
    ]


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else []
