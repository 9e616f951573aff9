"""What AWS tells of one function at a time, and of no list: asked of the functions that no stack declares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.cloud.readers.declared import picked
from shopfast_obs.cloud.readers.functions import rights
from shopfast_obs.model.resources import (
    FUNCTION,
    FUNCTION_ALIAS,
    FUNCTION_URL,
    INVOKE_CONFIG,
    PERMISSION,
    Gap,
    Resource,
)

MOST = 100  # functions; five calls each
TYPES = (INVOKE_CONFIG, PERMISSION, FUNCTION_URL, FUNCTION_ALIAS)
T = TypeVar("T")
_CONFIG = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


def completed(calls: Calls, found: Sequence[Resource]) -> tuple[list[Resource], Gap | None]:
    """The resources, their functions of no stack with the reserved concurrency, and beside them how they are invoked
    asynchronously, their URLs and aliases. More than `MOST` are not asked, and what is refused is a gap."""
    functions = [resource for resource in found if _is_alone(resource)]
    if len(functions) > MOST:
        reason = f"AWS has no list of them, and at most {MOST} functions are asked one by one"
        return list(found), _gap(len(functions), reason)
    try:
        answers = calls.each(lambda function: _asked(calls, function), functions)
    except RefusedError as refused:
        return list(found), _gap(len(functions), refused.message)
    whole = {function.name: function for function, _ in answers}
    more = [resource for _, beside in answers for resource in beside]
    return [whole[r.name] if _is_alone(r) else r for r in found] + more, None


def _is_alone(resource: Resource) -> bool:
    return resource.type == FUNCTION and not resource.stack


def _gap(count: int, reason: str) -> Gap:
    what = (
        f"reserved concurrency, asynchronous invocation, permissions, URLs and aliases of {count} functions of no stack"
    )
    return Gap(what, reason, TYPES)


def _asked(calls: Calls, function: Resource) -> tuple[Resource, list[Resource]]:
    """The function with its reserved concurrency, None where it has none, and what else is its own."""
    named = {"FunctionName": function.name}

    def answer(operation: str) -> dict[str, Any]:
        return _found(lambda: calls.one("lambda", operation, **named), {})

    def items(operation: str, key: str) -> list[dict[str, Any]]:
        return _found(lambda: calls.items("lambda", operation, key, **named), [])

    reserved = answer("get_function_concurrency").get("ReservedConcurrentExecutions")
    own = [_config(function, i) for i in items("list_function_event_invoke_configs", "FunctionEventInvokeConfigs")]
    own += [_alias(function, item) for item in items("list_aliases", "Aliases")]
    own += rights(function.name, answer("get_policy")) + _urls(answer("get_function_url_config"))
    return replace(function, properties={**function.properties, "ReservedConcurrentExecutions": reserved}), own


def _found(ask: Callable[[], T], none: T) -> T:
    """The answer, or `none` where the function has no such thing, or is gone by now."""
    try:
        return ask()
    except RefusedError as refused:
        if refused.missing:
            return none
        raise


def _config(function: Resource, item: dict[str, Any]) -> Resource:
    arn = str(item["FunctionArn"])
    qualifier = arn.removeprefix(function.arn).lstrip(":") or "$LATEST"
    properties = {"FunctionName": function.name, "Qualifier": qualifier} | picked(item, _CONFIG)
    return Resource(INVOKE_CONFIG, f"{function.name}|{qualifier}", arn=arn, properties=properties)


def _alias(function: Resource, item: dict[str, Any]) -> Resource:
    properties = {"FunctionName": function.name} | picked(item, ("Name", "FunctionVersion"))
    return Resource(FUNCTION_ALIAS, f"{function.name}:{item['Name']}", arn=str(item["AliasArn"]), properties=properties)


def _urls(item: dict[str, Any]) -> list[Resource]:
    if not item:
        return []
    properties = picked(item, ("AuthType", "InvokeMode", "Cors")) | {"TargetFunctionArn": item["FunctionArn"]}
    return [Resource(FUNCTION_URL, item["FunctionUrl"], arn=item["FunctionArn"], properties=properties)]
