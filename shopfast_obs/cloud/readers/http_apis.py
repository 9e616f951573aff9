"""HTTP and WebSocket APIs, their stages, integrations and routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.readers.declared import Declared, StackResource, picked
from shopfast_obs.model.resources import HTTP_API, HTTP_INTEGRATION, HTTP_ROUTE, HTTP_STAGE, Resource

_API = ("Name", "ProtocolType", "RouteSelectionExpression", "CorsConfiguration")
_STAGE = ("StageName", "AutoDeploy", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings")
_INTEGRATION = (
    "IntegrationType",
    "IntegrationUri",
    "IntegrationSubtype",
    "PayloadFormatVersion",
    "RequestParameters",
    "TimeoutInMillis",
)
_ROUTE = ("RouteKey", "Target", "AuthorizationType")


def http_apis(calls: Calls, declared: Declared) -> list[Resource]:
    """The wanted APIs from one list, with their stages, integrations and routes: three calls an API."""
    wanted = declared.wanted_among(HTTP_API, "ApiId", calls.items("apigatewayv2", "get_apis", "Items"))
    return [resource for api in calls.each(lambda one: _api(calls, declared, *one), wanted) for resource in api]


def _api(calls: Calls, declared: Declared, owner: StackResource, item: Mapping[str, Any]) -> list[Resource]:
    own = {"ApiId": owner.physical_id}

    def parts(operation: str, type_: str, key: str, names: tuple[str, ...]) -> list[Resource]:
        items = calls.items("apigatewayv2", operation, "Items", **own)
        return [_part(declared, owner, type_, part[key], own | picked(part, names)) for part in items]

    return [
        owner.resource(item.get("Name") or owner.physical_id, picked(item, _API), owner.physical_id),
        *parts("get_stages", HTTP_STAGE, "StageName", _STAGE),
        *parts("get_integrations", HTTP_INTEGRATION, "IntegrationId", _INTEGRATION),
        *parts("get_routes", HTTP_ROUTE, "RouteId", _ROUTE),
    ]


def _part(declared: Declared, api: StackResource, type_: str, name: str, properties: dict[str, Any]) -> Resource:
    """A part of an API, as the stack of its API names it: stages of several APIs have the same name."""
    named = (r for r in declared.of_type(type_) if r.physical_id == name and r.stack == api.stack)
    return next(named, StackResource(type_, "", name, api.stack)).resource(name, properties)
