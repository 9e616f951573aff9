"""What the Serverless Framework makes of a function itself: the function, its log group, alias, URL and asynchronous
configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shopfast_obs.model.resources import FUNCTION, FUNCTION_ALIAS, FUNCTION_URL, INVOKE_CONFIG, LOG_GROUP, PERMISSION
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.dialects.serverless.names import normalised
from shopfast_obs.parse.dialects.serverless.owner import SUFFIX, Resources, alias, tags, target
from shopfast_obs.parse.dialects.serverless.roles import own_role, role_of
from shopfast_obs.parse.dialects.serverless.values import number, text

# What the framework writes where nothing is said: not what Lambda would take.
TIMEOUT, MEMORY, RUNTIME = 6, 1024, "nodejs24.x"
LOGS_KEPT = "logRetentionInDays"


@dataclass(frozen=True)
class Functions:
    """The functions of a service. `arn_of` gives what a destination names: a function by its key, or an ARN."""

    provider: Mapping[str, Any]
    arn_of: Callable[[Any], Any]

    def of(self, key: str, function: Mapping[str, Any], name: str) -> Resources:
        """The resources of one function, by logical id."""
        made = {normalised(key) + SUFFIX: _resource(FUNCTION, self._properties(function, name))}
        if not function.get("disableLogs"):
            group = {"LogGroupName": f"/aws/lambda/{name}", "RetentionInDays": number(self._said(function, LOGS_KEPT))}
            made[f"{normalised(key)}LogGroup"] = _resource(LOG_GROUP, group)
        made |= _alias(key, function) | self._asynchronous(key, function)
        url, rights = _url(key, function)
        made |= url | rights
        condition = function.get("condition")
        return {id_: {**entry, "Condition": condition} for id_, entry in made.items()} if condition else made

    def _properties(self, function: Mapping[str, Any], name: str) -> dict[str, Any]:
        image = function.get("image")
        code = (
            {"PackageType": "Image", "Code": {"ImageUri": mapping(image).get("uri", image)}}
            if image
            else {"Handler": function.get("handler"), "Runtime": self._said(function, "runtime") or RUNTIME}
        )
        reserved = number(function.get("reservedConcurrency"))
        architecture = self._said(function, "architecture")
        failed = function.get("onError")
        return {
            **code,
            "FunctionName": name,
            "Timeout": number(self._said(function, "timeout") or TIMEOUT),
            "MemorySize": number(self._said(function, "memorySize") or MEMORY),
            "Role": role_of(function.get("role") or own_role(self.provider)),
            "Architectures": [architecture] if architecture else None,
            "VpcConfig": self._vpc(function),
            "KmsKeyArn": self._said(function, "kmsKeyArn"),
            "EphemeralStorage": _if_said("Size", function.get("ephemeralStorageSize")),
            "Tags": tags(self.provider.get("tags"), function.get("tags")),
            "SnapStart": {"ApplyOn": "PublishedVersions"} if function.get("snapStart") else None,
            "DurableConfig": _durable(function.get("durableConfig")),
            "LoggingConfig": self._logging(function),
            "Environment": self._environment(function),
            "ReservedConcurrentExecutions": None if reserved is False else reserved,
            "Layers": function["layers"] if function.get("layers") is not None else self.provider.get("layers"),
            "TracingConfig": self._tracing(function),
            "DeadLetterConfig": _if_said("TargetArn", failed),
        }

    def _said(self, function: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401
        return function.get(key) or self.provider.get(key)

    def _environment(self, function: Mapping[str, Any]) -> dict[str, Any] | None:
        said = [part for part in (self.provider.get("environment"), function.get("environment")) if part is not None]
        return {"Variables": {k: text(v) for part in said for k, v in mapping(part).items()}} if said else None

    def _tracing(self, function: Mapping[str, Any]) -> dict[str, Any] | None:
        mode = function.get("tracing") or mapping(self.provider.get("tracing")).get("lambda")
        return _if_said("Mode", "Active" if mode is True else mode)

    def _vpc(self, function: Mapping[str, Any]) -> dict[str, Any] | None:
        """The function's own groups and subnets, else the provider's; `vpc: null` leaves a function outside."""
        if "vpc" in function and function["vpc"] in (None, False):
            return None
        own, shared = mapping(function.get("vpc")), mapping(self.provider.get("vpc"))
        names = {"securityGroupIds": "SecurityGroupIds", "subnetIds": "SubnetIds"}
        found = {name: own.get(key) or shared.get(key) for key, name in names.items()}
        dual = own.get("ipv6AllowedForDualStack") or shared.get("ipv6AllowedForDualStack")
        return found | ({"Ipv6AllowedForDualStack": dual} if dual else {}) if all(found.values()) else None

    def _logging(self, function: Mapping[str, Any]) -> dict[str, Any] | None:
        own, shared = mapping(function.get("logs")), mapping(mapping(self.provider.get("logs")).get("lambda"))
        names = {
            "logFormat": "LogFormat",
            "logGroup": "LogGroup",
            "applicationLogLevel": "ApplicationLogLevel",
            "systemLogLevel": "SystemLogLevel",
        }
        said = own or shared  # the function's own replace the provider's as a whole
        return {name: said[key] for key, name in names.items() if said.get(key)} or None

    def _asynchronous(self, key: str, function: Mapping[str, Any]) -> Resources:
        said = function.get("destinations")
        retries, age = function.get("maximumRetryAttempts"), function.get("maximumEventAge")
        if not said and retries is None and not age:
            return {}
        destinations = mapping(said)
        names = (("onSuccess", "OnSuccess"), ("onFailure", "OnFailure"))
        properties = {
            "FunctionName": {"Ref": normalised(key) + SUFFIX},
            "Qualifier": alias(function)[0] or "$LATEST",
            "DestinationConfig": {
                name: {"Destination": self.arn_of(destinations[on])} for on, name in names if destinations.get(on)
            },
            "MaximumRetryAttempts": number(retries),
            "MaximumEventAgeInSeconds": number(age) or None,
        }
        return {f"{normalised(key)}LambdaEvConf": _resource(INVOKE_CONFIG, properties)}


def _alias(key: str, function: Mapping[str, Any]) -> Resources:
    name, id_ = alias(function)
    count = number(function.get("provisionedConcurrency"))
    properties = {
        "FunctionName": {"Ref": normalised(key) + SUFFIX},
        "Name": name,
        "ProvisionedConcurrencyConfig": _if_said("ProvisionedConcurrentExecutions", count),
    }
    return {f"{normalised(key)}{id_}": _resource(FUNCTION_ALIAS, properties)} if name else {}


def _url(key: str, function: Mapping[str, Any]) -> tuple[Resources, Resources]:
    """The function's URL, and the rights of everybody where it asks for no signature."""
    said, called, name = function.get("url"), target(key, function), normalised(key)
    if not said:
        return {}, {}
    signed = mapping(said).get("authorizer") == "aws_iam"
    mode = mapping(said).get("invokeMode")
    properties = {
        "TargetFunctionArn": called,
        "AuthType": "AWS_IAM" if signed else "NONE",
        "InvokeMode": mode if mode == "RESPONSE_STREAM" else None,
    }
    everyone = {"FunctionName": called, "Principal": "*"}
    rights: dict[str, dict[str, Any]] = {
        f"{name}LambdaPermissionFnUrl": {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
        f"{name}LambdaPermissionFn": {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
    }
    made = {} if signed else {id_: _resource(PERMISSION, {**everyone, **own}) for id_, own in rights.items()}
    return {f"{name}LambdaFunctionUrl": _resource(FUNCTION_URL, properties)}, made


def _resource(type_: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"Type": type_, "Properties": {key: value for key, value in properties.items() if value is not None}}


def _if_said(name: str, value: Any) -> dict[str, Any] | None:  # noqa: ANN401
    return {name: value} if value else None


def _durable(said: Any) -> dict[str, Any] | None:  # noqa: ANN401
    named = {"executionTimeout": "ExecutionTimeout", "retentionPeriodInDays": "RetentionPeriodInDays"}
    return {named.get(key, key): value for key, value in mapping(said).items()} or None
