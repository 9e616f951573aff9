"""The APIs of a serverless.yml: REST, HTTP and WebSocket, each shared by the functions that have a route on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shopfast_obs.model.resources import (
    HTTP_API,
    HTTP_INTEGRATION,
    HTTP_ROUTE,
    HTTP_STAGE,
    LOG_GROUP,
    REST_API,
    REST_STAGE,
)
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.dialects.serverless.methods import invoked, method
from shopfast_obs.parse.dialects.serverless.names import normalised, path_word, route_word
from shopfast_obs.parse.dialects.serverless.owner import Function, Resources, permission, target
from shopfast_obs.parse.dialects.serverless.values import number

HTTP_MILLIS = 30_000
SENDER = "apigateway.amazonaws.com"
# The framework's own formats of access logs: JSON for HTTP APIs only.
HTTP_FORMAT = (
    '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime",'
    '"httpMethod":"$context.httpMethod","routeKey":"$context.routeKey","status":"$context.status",'
    '"protocol":"$context.protocol","responseLength":"$context.responseLength"}'
)
SOCKET_FORMAT = (
    "$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "
    '"$context.eventType $context.routeKey $context.connectionId" $context.requestId'
)
REST_FORMAT = "requestId: $context.requestId"  # the first of ten such pairs


@dataclass
class Apis:
    """The APIs of one service. `stack` is the name of its stack, `functions` what an authorizer may name."""

    service: str
    stage: str
    stack: str
    provider: Mapping[str, Any]
    functions: Mapping[str, Mapping[str, Any]]
    _used: set[str] = field(default_factory=set)

    def method(self, said: Any, owner: Function) -> Resources:  # noqa: ANN401
        """The method of an `http` event."""
        self._used.add("rest")
        gateway = mapping(self.provider.get("apiGateway"))
        api = gateway.get("restApiId") or {"Ref": "ApiGatewayRestApi"}
        return method(said, owner, api, gateway.get("timeoutInMillis"), self.functions)

    def route(self, said: Any, owner: Function) -> Resources:  # noqa: ANN401
        """The route of an `httpApi` event."""
        self._used.add("http")
        api = self._http().get("id") or {"Ref": "HttpApi"}
        details = mapping(said)
        spelled = said if isinstance(said, str) else f"{details.get('method', '*')} {details.get('path', '*')}"
        verb, _, path = str(spelled).strip().partition(" ")
        verb = "ANY" if verb == "*" else verb.upper()
        key = "$default" if path in ("", "*") else f"{verb} {path}"
        name = "Default" if key == "$default" else path_word(key)
        integration = f"HttpApiIntegration{owner.name}"
        properties = {
            "ApiId": api,
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": owner.target,
            "PayloadFormatVersion": "2.0",
            "TimeoutInMillis": HTTP_MILLIS,
        }
        return {
            integration: {"Type": HTTP_INTEGRATION, "Properties": properties},
            f"HttpApiRoute{name}": _on_route(api, key, integration),
            **permission(f"{owner.name}LambdaPermissionHttpApi", owner.target, SENDER),
        }

    def socket_route(self, said: Any, owner: Function) -> Resources:  # noqa: ANN401
        """The route of a `websocket` event."""
        self._used.add("socket")
        api = self._socket_id() or {"Ref": "WebsocketsApi"}
        route = str(said if isinstance(said, str) else mapping(said).get("route"))
        integration = f"{owner.name}WebsocketsIntegration"
        properties = {"ApiId": api, "IntegrationType": "AWS_PROXY", "IntegrationUri": invoked(owner.target)}
        found = {
            integration: {"Type": HTTP_INTEGRATION, "Properties": properties},
            f"{route_word(route)}WebsocketsRoute": _on_route(api, route, integration),
            **permission(f"{owner.name}LambdaPermissionWebsockets", owner.target, SENDER),
        }
        guard = mapping(said).get("authorizer")
        name = mapping(guard).get("name", guard)
        if isinstance(name, str) and name in self.functions:
            called = target(name, self.functions[name])
            found |= permission(f"{normalised(name)}LambdaPermissionWebsockets", called, SENDER)
        return found

    def shared(self) -> Resources:
        """The APIs, stages and log groups, where a function has a route on one and the API is none from outside. The
        stage of the REST API is what the framework makes of the deployment's after it deployed."""
        found: Resources = {}
        if "rest" in self._used and not mapping(self.provider.get("apiGateway")).get("restApiId"):
            found |= self._rest_api()
        if "http" in self._used and not self._http().get("id"):
            found |= self._http_api()
        if "socket" in self._used and not self._socket_id():
            found |= self._socket_api()
        return found

    def _rest_api(self) -> Resources:
        gateway = mapping(self.provider.get("apiGateway"))
        name = self.provider.get("apiName") or self._named(gateway)
        api = {"ApiGatewayRestApi": {"Type": REST_API, "Properties": {"Name": str(name)}}}
        stage: Resources = {
            "RestApiId": {"Ref": "ApiGatewayRestApi"},
            "StageName": gateway.get("stage") or self.stage,
        }
        if mapping(self.provider.get("tracing")).get("apiGateway"):
            stage["TracingEnabled"] = True
        said = mapping(self.provider.get("logs")).get("restApi")
        if not said or mapping(said).get("accessLogging") is False:
            return api | {"ApiGatewayStage": {"Type": REST_STAGE, "Properties": stage}}
        group = self._group("ApiGatewayLogGroup", f"/aws/api-gateway/{self.service}-{self.stage}")
        stage["AccessLogSetting"] = _access("ApiGatewayLogGroup", said, REST_FORMAT)
        return api | group | {"ApiGatewayStage": {"Type": REST_STAGE, "Properties": stage}}

    def _http_api(self) -> Resources:
        said, http = mapping(self.provider.get("logs")).get("httpApi"), self._http()
        found = _api("HttpApi", str(http.get("name") or self._named(http)), "HTTP")
        settings = {"DetailedMetricsEnabled": bool(http.get("metrics"))}
        stage = {"ApiId": {"Ref": "HttpApi"}, "StageName": "$default", "DefaultRouteSettings": settings}
        if said:
            found |= self._group("HttpApiLogGroup", f"/aws/http-api/{self.stack}")
            stage["AccessLogSettings"] = _access("HttpApiLogGroup", said, HTTP_FORMAT)
        for name, authorizer in mapping(http.get("authorizers")).items():
            found |= self._authorizer(name, mapping(authorizer))
        return found | {"HttpApiStage": {"Type": HTTP_STAGE, "Properties": stage}}

    def _authorizer(self, name: str, said: Mapping[str, Any]) -> Resources:
        if said.get("type") != "request" or said.get("managedExternally"):
            return {}
        key = str(said.get("functionName"))
        called = target(key, self.functions[key]) if key in self.functions else said.get("functionArn")
        id_ = f"{normalised(str(said.get('name') or name))}LambdaAuthorizerPermissionHttpApi"
        return permission(id_, called, SENDER)

    def _socket_api(self) -> Resources:
        said = mapping(self.provider.get("logs")).get("websocket")
        name = str(self.provider.get("websocketsApiName") or f"{self.stage}-{self.service}-websockets")
        found = _api("WebsocketsApi", name, "WEBSOCKET")
        stage: Resources = {"ApiId": {"Ref": "WebsocketsApi"}, "StageName": self.stage}
        if said:
            found |= self._group("WebsocketsLogGroup", f"/aws/websocket/{self.service}-{self.stage}")
            stage["DefaultRouteSettings"] = _settings(mapping(said))
            if mapping(said).get("accessLogging") is not False:
                stage["AccessLogSettings"] = _access("WebsocketsLogGroup", said, SOCKET_FORMAT)
        return found | {"WebsocketsDeploymentStage": {"Type": HTTP_STAGE, "Properties": stage}}

    def _group(self, id_: str, name: str) -> Resources:
        days = self.provider.get("logRetentionInDays")
        kept = {"RetentionInDays": number(days)} if days else {}
        return {id_: {"Type": LOG_GROUP, "Properties": {"LogGroupName": name, **kept}}}

    def _named(self, said: Mapping[str, Any]) -> str:
        parts = (self.stage, self.service)
        return "-".join(reversed(parts) if said.get("shouldStartNameWithService") else parts)

    def _http(self) -> Mapping[str, Any]:
        return mapping(self.provider.get("httpApi"))

    def _socket_id(self) -> Any:  # noqa: ANN401
        return mapping(self.provider.get("apiGateway")).get("websocketApiId")


def _api(id_: str, name: str, protocol: str) -> Resources:
    return {id_: {"Type": HTTP_API, "Properties": {"Name": name, "ProtocolType": protocol}}}


def _on_route(api: Any, key: str, integration: str) -> Resources:  # noqa: ANN401
    target = {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]}
    return {"Type": HTTP_ROUTE, "Properties": {"ApiId": api, "RouteKey": key, "Target": target}}


def _access(group: str, said: Any, own: str) -> Resources:  # noqa: ANN401
    """The access log of a stage; a plain `true` has the framework's own format."""
    return {"DestinationArn": {"Fn::GetAtt": [group, "Arn"]}, "Format": mapping(said).get("format") or own}


def _settings(said: Mapping[str, Any]) -> Resources:
    level = "OFF" if said.get("executionLogging") is False else said.get("level") or "INFO"
    return {"DataTraceEnabled": said.get("fullExecutionData", True), "LoggingLevel": level}
