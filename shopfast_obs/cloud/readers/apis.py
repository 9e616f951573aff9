"""REST APIs, their stages and the integrations of their methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.readers.declared import Declared, StackResource, picked
from shopfast_obs.model.resources import REST_API, REST_METHOD, REST_STAGE, Resource

INTEGRATION = ("Type", "Uri", "TimeoutInMillis", "ResponseTransferMode", "RequestParameters")


def rest_apis(calls: Calls, declared: Declared) -> list[Resource]:
    """The REST APIs with their stages and methods: three calls an API."""
    apis = calls.each(lambda owner: _rest_api(calls, declared, owner), declared.of_type(REST_API))
    return [resource for api in apis for resource in api]


def _rest_api(calls: Calls, declared: Declared, owner: StackResource) -> list[Resource]:
    api = calls.one("apigateway", "get_rest_api", restApiId=owner.physical_id)
    found = owner.resource(api.get("name", owner.physical_id), {"Name": api.get("name")}, owner.physical_id)
    return [found, *_stages(calls, declared, owner), *_methods(calls, owner)]


def _stages(calls: Calls, declared: Declared, api: StackResource) -> list[Resource]:
    found = []
    for item in calls.one("apigateway", "get_stages", restApiId=api.physical_id).get("item") or ():
        entry = next(
            (s for s in declared.of_type(REST_STAGE) if s.physical_id == item["stageName"] and s.stack == api.stack),
            StackResource(REST_STAGE, "", item["stageName"], api.stack),
        )
        access = item.get("accessLogSettings") or {}
        properties = {
            "RestApiId": api.physical_id,
            "StageName": item["stageName"],
            "TracingEnabled": bool(item.get("tracingEnabled")),
            "MethodSettings": [
                _method_settings(path, said) for path, said in (item.get("methodSettings") or {}).items()
            ],
            "AccessLogSetting": {"DestinationArn": access.get("destinationArn"), "Format": access.get("format")}
            if access
            else None,
        }
        found.append(entry.resource(item["stageName"], properties))
    return found


def _method_settings(path: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a method; the API answers them by `resource/METHOD`."""
    resource, _, method = path.rpartition("/")
    settings = {"ResourcePath": f"/{resource.lstrip('/')}", "HttpMethod": method}
    names = {"throttlingRateLimit": "ThrottlingRateLimit", "throttlingBurstLimit": "ThrottlingBurstLimit"}
    names |= {"metricsEnabled": "MetricsEnabled", "loggingLevel": "LoggingLevel"}
    return settings | {name: said[key] for key, name in names.items() if key in said}


def _methods(calls: Calls, api: StackResource) -> list[Resource]:
    found = []
    for item in calls.items("apigateway", "get_resources", "items", restApiId=api.physical_id, embed=["methods"]):
        methods: Mapping[str, Any] = item.get("resourceMethods") or {}
        for verb, method in methods.items():
            integration = (method or {}).get("methodIntegration") or {}
            properties: dict[str, Any] = {"RestApiId": api.physical_id, "HttpMethod": verb}
            if integration:
                renamed = {name: integration.get(name[:1].lower() + name[1:]) for name in INTEGRATION}
                properties["Integration"] = picked(renamed, INTEGRATION)
            name = f"{verb} {item.get('path', '/')}"
            found.append(Resource(REST_METHOD, name, stack=api.stack, properties=properties))
    return found
