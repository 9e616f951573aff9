"""Who calls a function, and how long they wait: a timeout beyond that helps nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopfast_obs.analysis.sizing.recommendation import Limit
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.property_values import entries, number
from shopfast_obs.facts import whole
from shopfast_obs.model.principals import service
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import (
    EVENT_SOURCE_MAPPING,
    FUNCTION,
    FUNCTION_URL,
    HTTP_API,
    HTTP_INTEGRATION,
    HTTP_ROUTE,
    PERMISSION,
    QUEUE,
    REST_METHOD,
    Resource,
)

REST_SECONDS, HTTP_SECONDS = float(whole("api-rest-timeout")), float(whole("api-http-timeout"))
SOCKET_SECONDS = float(whole("api-websocket-timeout"))
STREAMING = "response-streaming-invocations"  # what the address of an integration that streams its answer ends in
INVOCATION_TYPE = "integration.request.header.x-amz-invocation-type"
VISIBILITY = 6  # AWS: VisibilityTimeout at least six times the function's timeout
CUSTOM, MACRO = "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Macro"
API_MARGIN = 1.0  # the function must end before the API gives up


@record
class Integration:
    """An API's integration with a function, and how long it waits for it."""

    api: str
    resource: Resource
    seconds: float


def limit(function: Resource, context: Context) -> Limit | None:
    """The shortest wait among the function's callers; None when none is known to bound it."""
    return min(_limits(function, context), key=lambda found: found.seconds, default=None)


def _limits(function: Resource, context: Context) -> Iterator[Limit]:
    for door in doors(function, context):
        yield Limit(door.seconds - API_MARGIN, f"API Gateway, which waits {door.seconds:.0f} s,")
    for queue in queues_of(function, context):
        visibility = number(queue.effective("VisibilityTimeout"))
        if visibility is not None:
            said = f"the queue {queue.name}, whose VisibilityTimeout of {visibility:.0f} s should be six times it,"
            yield Limit(visibility / VISIBILITY, said)


def doors(function: Resource, context: Context) -> tuple[Integration, ...]:
    """The API integrations that call the function."""
    return context.once("doors", lambda: _doors(context)).get(function.name, ())


def _doors(context: Context) -> dict[str, tuple[Integration, ...]]:
    found: dict[str, list[Integration]] = {}
    for method in context.inventory.of_type(REST_METHOD):
        integration = entries(method.properties.get("Integration"))
        seconds = _seconds(integration, REST_SECONDS)
        if seconds and not _hands_over(integration):
            for function in context.references.named(integration.get("Uri"), FUNCTION):
                found.setdefault(function.name, []).append(Integration("REST API", method, seconds))
    for item in context.inventory.of_type(HTTP_INTEGRATION):
        socket = _on_socket(item, context)
        seconds = _seconds(item.properties, SOCKET_SECONDS if socket else HTTP_SECONDS)
        if _hands_over(item.properties) or (socket and _only_goodbyes(item, context)):
            continue
        for function in context.references.named(item.properties.get("IntegrationUri"), FUNCTION):
            found.setdefault(function.name, []).append(
                Integration("WebSocket API" if socket else "HTTP API", item, seconds)
            )
    return {name: tuple(doors) for name, doors in found.items()}


def _seconds(integration: Mapping[str, Any], usual: float) -> float:
    """How long the integration waits; 0 for one that streams and names no time, which takes as long as it takes."""
    said = number(integration.get("TimeoutInMillis"))
    streams = integration.get("ResponseTransferMode") == "STREAM" or STREAMING in str(integration.get("Uri"))
    return said / 1000 if said else 0.0 if streams else usual


def _hands_over(integration: Mapping[str, Any]) -> bool:
    """True when the API may hand the event over without waiting: the type of the invocation is `Event`, or the
    caller's choice."""
    parameters = {name.lower(): value for name, value in entries(integration.get("RequestParameters")).items()}
    return str(parameters.get(INVOCATION_TYPE, "")).strip("'\"").lower() not in ("", "requestresponse")


def _on_socket(integration: Resource, context: Context) -> bool:
    apis = context.references.named(integration.properties.get("ApiId"), HTTP_API)
    return any(api.properties.get("ProtocolType") == "WEBSOCKET" for api in apis)


def _only_goodbyes(integration: Resource, context: Context) -> bool:
    """True when only the end of a connection reaches it: nobody is there to wait."""
    index = context.once("socket routes", lambda: _routes(context))
    return index.get(integration.reference or integration.identifier) == {"$disconnect"}


def _routes(context: Context) -> dict[str, set[str]]:
    """The keys of the routes that lead to each integration."""
    found: dict[str, set[str]] = {}
    for route in context.inventory.of_type(HTTP_ROUTE):
        for target in context.references.named(route.properties.get("Target"), HTTP_INTEGRATION):
            found.setdefault(target.reference or target.identifier, set()).add(str(route.properties.get("RouteKey")))
    return found


def only_deployments_call(function: Resource, context: Context) -> bool:
    """True for the function of a custom resource or a macro that nothing else may call: it runs while a stack is
    deployed, and the deployment tells when it fails."""
    asked = context.once("deployments", lambda: _by_deployments(context))
    return id(function) in asked and not mappings_of(function, context) and not _let_in(function, context)


def _by_deployments(context: Context) -> frozenset[int]:
    """The functions that custom resources and macros name."""
    found: set[int] = set()
    for resource in context.inventory.resources:
        if resource.type in (MACRO, CUSTOM) or resource.type.startswith("Custom::"):
            named = resource.properties.get("FunctionName" if resource.type == MACRO else "ServiceToken")
            found |= {id(function) for function in context.references.named(named, FUNCTION)}
    return frozenset(found)


def _let_in(function: Resource, context: Context) -> bool:
    """True where a permission lets another service call the function, or it has a URL."""
    permissions = context.naming(function, PERMISSION, "FunctionName")
    others = [p for p in permissions if service(p.properties.get("Principal")) != "cloudformation"]
    return bool(others or context.naming(function, FUNCTION_URL, "TargetFunctionArn"))


def queues_of(function: Resource, context: Context) -> Iterator[Resource]:
    """The queues that an event source mapping feeds to the function."""
    for mapping in mappings_of(function, context):
        yield from context.references.named(mapping.properties.get("EventSourceArn"), QUEUE)


def mappings_of(function: Resource, context: Context) -> tuple[Resource, ...]:
    """The event source mappings of a function."""
    return context.once("mappings", lambda: _by_function(context)).get(function.name, ())


def _by_function(context: Context) -> dict[str, tuple[Resource, ...]]:
    found: dict[str, list[Resource]] = {}
    for mapping in context.inventory.of_type(EVENT_SOURCE_MAPPING):
        for function in context.references.named(mapping.properties.get("FunctionName"), FUNCTION):
            found.setdefault(function.name, []).append(mapping)
    return {name: tuple(mappings) for name, mappings in found.items()}
