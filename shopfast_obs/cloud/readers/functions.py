"""Functions, their URLs, event sources and log groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.cloud.readers.declared import Declared, StackResource, picked
from shopfast_obs.cloud.readers.messages import parsed
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, FUNCTION, FUNCTION_URL, LOG_GROUP, PERMISSION, Resource
from shopfast_obs.parse.templates.function_policies import statements

_SAME = (
    "FunctionName",
    "Runtime",
    "Handler",
    "Role",
    "Timeout",
    "MemorySize",
    "Environment",
    "DeadLetterConfig",
    "Architectures",
    "PackageType",
    "EphemeralStorage",
    "Description",
    "CapacityProviderConfig",
    "TenancyConfig",
    "DurableConfig",
    "RuntimeConfig",
)
_MAPPING = (
    "FunctionName",
    "BatchSize",
    "EventSourceArn",
    "FilterCriteria",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "MaximumRetryAttempts",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "ScalingConfig",
    "StartingPosition",
)


def functions(calls: Calls, declared: Declared) -> list[Resource]:
    """All wanted functions from one paginated ListFunctions, each with the log group it really writes to."""
    listed = calls.items("lambda", "list_functions", "Functions")
    return [
        owner.resource(item["FunctionName"], _function(item), item.get("FunctionArn", ""))
        for owner, item in declared.wanted_among(FUNCTION, "FunctionName", listed)
    ]


def _function(item: Mapping[str, Any]) -> dict[str, Any]:
    properties = picked(item, _SAME)
    properties["TracingConfig"] = {"Mode": item.get("TracingConfig", {}).get("Mode", "PassThrough")}
    logging = item.get("LoggingConfig") or {}
    properties["LoggingConfig"] = {
        "LogFormat": logging.get("LogFormat", "Text"),
        "LogGroup": logging.get("LogGroup") or f"/aws/lambda/{item['FunctionName']}",
    } | picked(logging, ("ApplicationLogLevel", "SystemLogLevel"))
    if item.get("Layers"):
        properties["Layers"] = [layer["Arn"] if isinstance(layer, Mapping) else layer for layer in item["Layers"]]
    vpc = picked(item.get("VpcConfig") or {}, ("SubnetIds", "SecurityGroupIds"))
    return properties | ({"VpcConfig": vpc} if vpc else {})


def event_sources(calls: Calls, declared: Declared) -> list[Resource]:
    """The event source mappings of the wanted functions."""
    found = []
    listed = calls.items("lambda", "list_event_source_mappings", "EventSourceMappings")
    for owner, item in declared.wanted_among(EVENT_SOURCE_MAPPING, "UUID", listed):
        properties = picked({**item, "FunctionName": item.get("FunctionArn", "")}, _MAPPING)
        properties["Enabled"] = item.get("State") not in ("Disabled", "Disabling")
        found.append(owner.resource(item["UUID"], properties))
    return found


def urls(calls: Calls, declared: Declared) -> list[Resource]:
    """The Function URLs of the stacks, each with the permissions that its function's policy gives; the physical id of
    each is its function."""
    answers = calls.each(lambda owner: _url(calls, owner), declared.of_type(FUNCTION_URL))
    return [resource for answer in answers for resource in answer]


def _url(calls: Calls, owner: StackResource) -> list[Resource]:
    item = calls.one("lambda", "get_function_url_config", FunctionName=owner.physical_id)
    properties = picked(item, ("AuthType", "InvokeMode", "Cors")) | {"TargetFunctionArn": item["FunctionArn"]}
    name = str(item["FunctionArn"]).split(":function:")[-1]
    return [owner.resource(item["FunctionUrl"], properties, item["FunctionArn"]), *_of_policy(calls, name)]


def _of_policy(calls: Calls, function: str) -> list[Resource]:
    """What the function's policy says, which may say more than the stack's template."""
    try:
        return rights(function.partition(":")[0], calls.one("lambda", "get_policy", FunctionName=function))
    except RefusedError as refused:
        if refused.missing:
            return []
        raise


def rights(function: str, answer: Mapping[str, Any]) -> list[Resource]:
    """The permissions that the answer of GetPolicy gives."""
    said = statements(parsed(answer.get("Policy") or "{}"))
    return [
        Resource(PERMISSION, f"{function}|{number}", properties={"FunctionName": function, **one})
        for number, one in enumerate(said)
    ]


def log_groups(calls: Calls, declared: Declared) -> list[Resource]:
    """All log groups; the inventory keeps those of the stacks and of its functions."""
    found = []
    for item in calls.items("logs", "describe_log_groups", "logGroups"):
        name = item["logGroupName"]
        owner = declared.wanted(LOG_GROUP, name) or StackResource(LOG_GROUP, "", name, "")
        properties = {
            "LogGroupName": name,
            "RetentionInDays": item.get("retentionInDays"),
            "LogGroupClass": item.get("logGroupClass"),
            "AccountPolicy": item.get("retentionPolicyName"),  # in force in the place of the group's own retention
        }
        found.append(owner.resource(name, properties, item.get("arn", "").removesuffix(":*")))
    return found
