"""A `serverless.yml` as the CloudFormation that the Serverless Framework would package (versions 3 and 4).

What a package folder holds, `.serverless/cloudformation-template-update-stack.json`, is plain CloudFormation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.model.resources import FUNCTION, FUNCTION_URL, INVOKE_CONFIG, LOG_GROUP, PERMISSION, Gap
from shopfast_obs.parse.dialects.interface import Lines, Template, mapping, renamed
from shopfast_obs.parse.dialects.serverless_events import LOG_TIMES, Events
from shopfast_obs.parse.dialects.serverless_merge import extended, joined, merged
from shopfast_obs.parse.dialects.serverless_names import normalised
from shopfast_obs.parse.dialects.serverless_variables import Variables
from shopfast_obs.parse.templatefile import Document

# What the framework writes where nothing is said: not what Lambda would take.
TIMEOUT, MEMORY = 6, 1024
SUFFIX = "LambdaFunction"
PROVISIONED, SNAPPED = "provisioned", "snapstart"  # the aliases that it makes
NAMES = {
    "timeout": "Timeout",
    "memorySize": "MemorySize",
    "runtime": "Runtime",
    "handler": "Handler",
    "name": "FunctionName",
    "tracing": "TracingConfig.Mode",
    "onError": "DeadLetterConfig",
    "environment": "Environment",
    "logRetentionInDays": "RetentionInDays",
    "architecture": "Architectures",
}
# Plugins that leave the template as it is.
HARMLESS = ("serverless-offline", "serverless-python", "serverless-dotenv", "serverless-prune")
UNSEEN = "what it makes of the template is not seen: run `serverless package`, then give the folder .serverless"


def speaks(value: Mapping[str, Any]) -> bool:
    """True for a serverless.yml."""
    return "service" in value and "provider" in value and "Resources" not in value


def template(document: Document) -> Template:
    """The template that the framework would make. Variables that only it could resolve stay as they stand."""
    return _Service(document).template()


def address(value: Mapping[str, Any], logical_id: str, property_name: str) -> tuple[str, ...] | None:
    """The keys that lead to a property of a resource; None for what the framework alone decides."""
    if logical_id in mapping(mapping(value.get("resources")).get("Resources")):
        return ("resources", "Resources", logical_id, "Properties", *property_name.split("."))
    written = next((ours for ours, theirs in NAMES.items() if theirs == property_name), None)
    functions = value.get("functions")
    for key in functions if isinstance(functions, Mapping) and written else ():
        if logical_id in (normalised(key) + SUFFIX, f"{normalised(key)}LogGroup"):
            return ("functions", key, str(written))
    return None


class _Service:
    """One serverless.yml with its variables resolved."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._variables = Variables(document.value)
        self._value: Mapping[str, Any] = self._variables.resolve(document.value)
        self._provider = mapping(self._value.get("provider"))
        service = self._value.get("service")
        self._name = str(mapping(service).get("name") or service)
        self._stage = str(self._provider.get("stage") or "dev")
        self._functions = joined(self._value.get("functions"))
        self._owners: dict[str, str] = {}  # the function that a resource was made for, by logical id

    def template(self) -> Template:
        """All that the framework would make."""
        resources: dict[str, Any] = {}
        for key, function in self._functions.items():
            made = self._function(key, mapping(function))
            self._owners.update(dict.fromkeys(made, key))
            resources |= made
        events = Events(self._name, self._stage, self._provider)
        for key, function in self._functions.items():
            made = events.of(key, mapping(function), normalised(key) + SUFFIX, self._target(key, mapping(function)))
            self._owners.update(dict.fromkeys(made, key))
            resources |= made
        if self._functions and not self._own_role():
            resources["IamRoleLambdaExecution"] = self._role()
        resources |= events.shared()
        own = joined(self._value.get("resources"))
        sections = {key: value for key, value in own.items() if key not in ("Resources", "extensions")}
        declared = extended(merged(resources, mapping(own.get("Resources"))), mapping(own.get("extensions")))
        value = {**sections, "Resources": declared}
        code = {normalised(key) + SUFFIX: "." for key in self._functions}
        return Template(value, self._document.file, self._lines, code, tuple(self._gaps()))

    def _gaps(self) -> list[Gap]:
        plugins = self._value.get("plugins")
        names = mapping(plugins).get("modules", plugins)
        names = names if isinstance(names, list) else []
        gaps = [Gap(f"plugin {name}", UNSEEN) for name in names if not str(name).startswith(HARMLESS)]
        left = self._variables.left_open
        return [*gaps, Gap(f"variables of {self._document.file}", left)] if left else gaps

    def _function(self, key: str, function: Mapping[str, Any]) -> dict[str, Any]:
        logical = normalised(key)
        name = function.get("name") or f"{self._name}-{self._stage}-{key}"
        variables = {**mapping(self._provider.get("environment")), **mapping(function.get("environment"))}
        properties: dict[str, Any] = {
            "FunctionName": name,
            "Handler": function.get("handler"),
            "Runtime": self._said(function, "runtime"),
            "Timeout": self._said(function, "timeout", TIMEOUT),
            "MemorySize": self._said(function, "memorySize", MEMORY),
            "Role": _role_of(function.get("role") or self._own_role() or "IamRoleLambdaExecution"),
            "Architectures": _listed(self._said(function, "architecture")),
            "VpcConfig": self._vpc(function),
            "KmsKeyArn": self._said(function, "kmsKeyArn"),
            "EphemeralStorage": _sized(function.get("ephemeralStorageSize")),
            "Tags": _tags({**mapping(self._provider.get("tags")), **mapping(function.get("tags"))}),
            "SnapStart": {"ApplyOn": "PublishedVersions"} if function.get("snapStart") else None,
            "LoggingConfig": self._logging(function),
            "Environment": {"Variables": variables} if variables else None,
            "ReservedConcurrentExecutions": function.get("reservedConcurrency"),
            "Layers": self._said(function, "layers"),
        }
        tracing = function.get("tracing", mapping(self._provider.get("tracing")).get("lambda"))
        if tracing:
            properties["TracingConfig"] = {"Mode": "Active" if tracing is True else tracing}
        if function.get("onError"):
            properties["DeadLetterConfig"] = {"TargetArn": function["onError"]}
        resources: dict[str, Any] = {logical + SUFFIX: _resource(FUNCTION, properties)}
        if not function.get("disableLogs"):
            days = self._said(function, "logRetentionInDays")
            group = {"LogGroupName": f"/aws/lambda/{name}", "RetentionInDays": days}
            resources[f"{logical}LogGroup"] = _resource(LOG_GROUP, group)
        return resources | self._alias(key, function) | self._asynchronous(key, function) | self._url(key, function)

    def _own_role(self) -> Any:  # noqa: ANN401 - an ARN, a name or an intrinsic
        """The role that the file names for all functions; None where the framework makes one."""
        role = mapping(self._provider.get("iam")).get("role", self._provider.get("role"))
        made = isinstance(role, Mapping) and not any(key == "Ref" or key.startswith("Fn::") for key in role)
        return None if made else role

    def _vpc(self, function: Mapping[str, Any]) -> dict[str, Any] | None:
        """The function's own groups and subnets, else the provider's."""
        own, shared = mapping(function.get("vpc")), mapping(self._provider.get("vpc"))
        names = {"securityGroupIds": "SecurityGroupIds", "subnetIds": "SubnetIds"}
        found = {name: own.get(key, shared.get(key)) for key, name in names.items()}
        return {name: value for name, value in found.items() if value} or None

    def _logging(self, function: Mapping[str, Any]) -> dict[str, Any] | None:
        own, shared = mapping(function.get("logs")), mapping(mapping(self._provider.get("logs")).get("lambda"))
        names = {
            "logFormat": "LogFormat",
            "logGroup": "LogGroup",
            "applicationLogLevel": "ApplicationLogLevel",
            "systemLogLevel": "SystemLogLevel",
        }
        said = own or shared  # the function's own replace the provider's as a whole
        return {name: said[key] for key, name in names.items() if key in said} or None

    def _target(self, key: str, function: Mapping[str, Any]) -> dict[str, Any]:
        """What triggers call: the alias of a function that has one."""
        arn = {"Fn::GetAtt": [normalised(key) + SUFFIX, "Arn"]}
        alias = _alias_name(function)
        return {"Fn::Join": [":", [arn, alias]]} if alias else arn

    def _alias(self, key: str, function: Mapping[str, Any]) -> dict[str, Any]:
        alias = _alias_name(function)
        if not alias:
            return {}
        count = mapping(function.get("provisionedConcurrency")).get(
            "executions", function.get("provisionedConcurrency")
        )
        provisioned = {"ProvisionedConcurrentExecutions": count} if alias == PROVISIONED else None
        properties = {
            "FunctionName": {"Ref": normalised(key) + SUFFIX},
            "Name": alias,
            "ProvisionedConcurrencyConfig": provisioned,
        }
        id_ = "ProvConcLambdaAlias" if provisioned else "SnapStartLambdaAlias"
        return {f"{normalised(key)}{id_}": _resource("AWS::Lambda::Alias", properties)}

    def _asynchronous(self, key: str, function: Mapping[str, Any]) -> dict[str, Any]:
        return _asynchronous(normalised(key), function, _alias_name(function) or "$LATEST")

    def _url(self, key: str, function: Mapping[str, Any]) -> dict[str, Any]:
        return _url(normalised(key), function, self._target(key, function))

    def _said(self, function: Mapping[str, Any], key: str, default: Any = None) -> Any:  # noqa: ANN401
        return function.get(key, self._provider.get(key, default))

    def _role(self) -> dict[str, Any]:
        role = mapping(mapping(self._provider.get("iam")).get("role"))
        statements = role.get("statements") or self._provider.get("iamRoleStatements") or []
        logs = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents"],
                "Resource": [f"{LOG_TIMES}:log-group:/aws/lambda/{self._name}-{self._stage}*:*"]}  # fmt: skip
        own = statements if isinstance(statements, list) else []
        document = {"Version": "2012-10-17", "Statement": [*self._traces(), logs, *own]}
        policy = {"PolicyName": f"{self._name}-{self._stage}-lambda", "PolicyDocument": document}
        return _resource("AWS::IAM::Role", {"Policies": [policy], "ManagedPolicyArns": role.get("managedPolicies")})

    def _traces(self) -> list[dict[str, Any]]:
        """What the framework lets the functions do when one of them is traced."""
        said = [mapping(self._provider.get("tracing")).get("lambda")]
        if not any([*said, *(mapping(function).get("tracing") for function in self._functions.values())]):
            return []
        actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        return [{"Effect": "Allow", "Action": actions, "Resource": ["*"]}]

    def _lines(self, logical_id: str) -> Lines:
        below = self._document.lines_below
        key = self._owners.get(logical_id)
        if key is not None:
            shared = renamed(below("provider"), NAMES | {"tracing.lambda": "TracingConfig.Mode"})
            return (
                shared | renamed(below("functions", key), NAMES) | {"": self._document.lines.get(("functions", key), 1)}
            )
        own = below("resources", "Resources", logical_id, "Properties")
        provider = self._document.lines.get(("provider",), 1)
        return own | {"": self._document.lines.get(("resources", "Resources", logical_id), provider)}


def _role_of(said: Any) -> Any:  # noqa: ANN401
    """A role by its logical id, as the framework takes one without colons, or by its ARN."""
    return {"Fn::GetAtt": [said, "Arn"]} if isinstance(said, str) and ":" not in said else said


def _resource(type_: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"Type": type_, "Properties": {key: value for key, value in properties.items() if value is not None}}


def _alias_name(function: Mapping[str, Any]) -> str:
    """The alias that the framework makes for provisioned concurrency or for snapshots."""
    if function.get("provisionedConcurrency"):
        return PROVISIONED
    return SNAPPED if function.get("snapStart") else ""


def _listed(value: Any) -> list[Any] | None:  # noqa: ANN401
    return None if value is None else [value]


def _sized(megabytes: Any) -> dict[str, Any] | None:  # noqa: ANN401
    return {"Size": megabytes} if megabytes else None


def _tags(said: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    return [{"Key": key, "Value": value} for key, value in said.items()] or None


def _asynchronous(logical: str, function: Mapping[str, Any], qualifier: str) -> dict[str, Any]:
    destinations = mapping(function.get("destinations"))
    retries, age = function.get("maximumRetryAttempts"), function.get("maximumEventAge")
    if not destinations and retries is None and age is None:
        return {}
    config = {
        name: {"Destination": mapping(destinations[key]).get("arn") or destinations[key]}
        for key, name in (("onSuccess", "OnSuccess"), ("onFailure", "OnFailure"))
        if key in destinations
    }
    properties = {
        "FunctionName": {"Ref": logical + SUFFIX},
        "Qualifier": qualifier,
        "DestinationConfig": config or None,
        "MaximumRetryAttempts": retries,
        "MaximumEventAgeInSeconds": age,
    }
    return {f"{logical}LambdaEvConf": _resource(INVOKE_CONFIG, properties)}


def _url(logical: str, function: Mapping[str, Any], target: Any) -> dict[str, Any]:  # noqa: ANN401
    url = function.get("url")
    if not url:
        return {}
    authorizer = mapping(url).get("authorizer")
    properties = {
        "TargetFunctionArn": target,
        "AuthType": "AWS_IAM" if authorizer == "aws_iam" else "NONE",
    }
    kind = properties["AuthType"]
    everyone = {"FunctionName": target, "Principal": "*"} if kind == "NONE" else None
    permissions = {
        f"{logical}LambdaPermissionFnUrl": {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": kind},
        f"{logical}LambdaPermissionFn": {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
    }
    made = {id_: _resource(PERMISSION, {**everyone, **own}) for id_, own in permissions.items()} if everyone else {}
    return {f"{logical}LambdaFunctionUrl": _resource(FUNCTION_URL, properties), **made}
