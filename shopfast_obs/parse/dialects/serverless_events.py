"""The events of a serverless.yml as the resources that the framework makes for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shopfast_obs.model.resources import (
    EVENT_RULE,
    EVENT_SOURCE_MAPPING,
    HTTP_API,
    HTTP_INTEGRATION,
    HTTP_STAGE,
    PERMISSION,
    REST_API,
    REST_METHOD,
    REST_STAGE,
    SUBSCRIPTION,
    TOPIC,
)
from shopfast_obs.parse.dialects.interface import mapping

LOG_TIMES = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
HTTP_MILLIS = 30_000  # what the framework writes for an HTTP API whose function has no shorter timeout
INVOKE = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s.Arn}/invocations"
STREAMS = ("sqs", "stream", "msk", "kafka", "activemq", "rabbitmq")


def normalised(key: str) -> str:
    """A function's key as the framework begins logical ids with it."""
    name = key.replace("-", "Dash").replace("_", "Underscore")
    return name[:1].upper() + name[1:]


class Events:
    """The resources of all functions' events; the APIs are shared between them."""

    def __init__(self, api_name: str, stage: str, provider: Mapping[str, Any]) -> None:
        self._api_name, self._stage, self._provider = api_name, stage, provider
        self._rest = self._http = False

    def of(self, key: str, function: Mapping[str, Any], logical_id: str) -> dict[str, Any]:
        """The resources for one function's events, by logical id."""
        found: dict[str, Any] = {}
        events = function.get("events")
        for number, event in enumerate(events if isinstance(events, list) else (), 1):
            for kind, said in mapping({event: {}} if isinstance(event, str) else event).items():
                found |= self._event(kind, said, f"{normalised(key)}{number}", logical_id, function)
        return found

    def _event(
        self,
        kind: str,
        said: Any,  # noqa: ANN401
        name: str,
        logical_id: str,
        function: Mapping[str, Any],
    ) -> dict[str, Any]:
        if kind == "http":
            return self._method(said, name, logical_id)
        if kind == "httpApi":
            return self._route(said, name, logical_id, function)
        if kind in STREAMS:
            return {f"{name}EventSourceMapping": _mapping_of(said, logical_id)}
        if kind == "sns":
            return _subscription(said, name, logical_id)
        if kind in ("schedule", "eventBridge", "cloudwatchEvent"):
            return _rule(said, name, logical_id, default_bus=kind != "eventBridge")
        return {}

    def _method(self, said: Any, name: str, logical_id: str) -> dict[str, Any]:  # noqa: ANN401
        self._rest = True
        verb, path = said.split(" ", 1) if isinstance(said, str) and " " in said else (
            mapping(said).get("method", "any"), mapping(said).get("path", "/")
        )  # fmt: skip
        integration = {"Type": "AWS_PROXY", "Uri": {"Fn::Sub": INVOKE % logical_id}}
        if mapping(said).get("timeout"):
            integration["TimeoutInMillis"] = mapping(said)["timeout"]
        properties = {
            "RestApiId": {"Ref": "ApiGatewayRestApi"},
            "HttpMethod": str(verb).upper(),
            "Integration": integration,
        }
        return {f"{name}ApiGatewayMethod{_word(path)}": {"Type": REST_METHOD, "Properties": properties}}

    def _route(self, said: Any, name: str, logical_id: str, function: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401
        self._http = True
        integration = {
            "ApiId": {"Ref": "HttpApi"},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": {"Fn::GetAtt": [logical_id, "Arn"]},
            "PayloadFormatVersion": "2.0",
            "TimeoutInMillis": HTTP_MILLIS,
        }
        return {f"{name}HttpApiIntegration": {"Type": HTTP_INTEGRATION, "Properties": integration}}

    def shared(self) -> dict[str, Any]:
        """The APIs and their stages, where a function has a route on one."""
        logs, tracing = mapping(self._provider.get("logs")), mapping(self._provider.get("tracing"))
        found: dict[str, Any] = {}
        if self._rest:
            found["ApiGatewayRestApi"] = {"Type": REST_API, "Properties": {"Name": self._api_name}}
            stage: dict[str, Any] = {"RestApiId": {"Ref": "ApiGatewayRestApi"}, "StageName": self._stage}
            if tracing.get("apiGateway"):
                stage["TracingEnabled"] = True
            access = _access(logs.get("restApi"))
            stage |= {"AccessLogSetting": access} if access else {}
            found["ApiGatewayStage"] = {"Type": REST_STAGE, "Properties": stage}
        if self._http:
            found["HttpApi"] = {"Type": HTTP_API, "Properties": {"Name": self._api_name, "ProtocolType": "HTTP"}}
            stage = {"ApiId": {"Ref": "HttpApi"}, "StageName": "$default", "AutoDeploy": True}
            access = _access(logs.get("httpApi"))
            stage |= {"AccessLogSettings": access} if access else {}
            found["HttpApiStage"] = {"Type": HTTP_STAGE, "Properties": stage}
        return found


def _access(said: Any) -> dict[str, Any]:  # noqa: ANN401
    """The access log of a stage; a plain `true` has the framework's own format, which is no JSON for a REST API."""
    if not said or mapping(said).get("accessLogging") is False:
        return {}
    plain = "requestId: $context.requestId, ip: $context.identity.sourceIp"
    return {"DestinationArn": f"{LOG_TIMES}:log-group:/aws/api-gateway", "Format": mapping(said).get("format", plain)}


def _mapping_of(said: Any, logical_id: str) -> dict[str, Any]:  # noqa: ANN401
    arn = said if isinstance(said, str) else mapping(said).get("arn", said)
    names = {"batchSize": "BatchSize", "maximumBatchingWindow": "MaximumBatchingWindowInSeconds",
             "maximumRetryAttempts": "MaximumRetryAttempts", "functionResponseType": "FunctionResponseTypes",
             "bisectBatchOnFunctionError": "BisectBatchOnFunctionError", "filterPatterns": "FilterCriteria",
             "startingPosition": "StartingPosition", "enabled": "Enabled"}  # fmt: skip
    read = {name: mapping(said)[key] for key, name in names.items() if key in mapping(said)}
    if isinstance(read.get("FunctionResponseTypes"), str):
        read["FunctionResponseTypes"] = [read["FunctionResponseTypes"]]
    failed = mapping(mapping(said).get("destinations")).get("onFailure")
    if failed:
        read["DestinationConfig"] = {"OnFailure": {"Destination": mapping(failed).get("arn") or failed}}
    properties = {"FunctionName": {"Fn::GetAtt": [logical_id, "Arn"]}, "EventSourceArn": arn, **read}
    return {"Type": EVENT_SOURCE_MAPPING, "Properties": properties}


def _subscription(said: Any, name: str, logical_id: str) -> dict[str, Any]:  # noqa: ANN401
    """The subscription; a topic that is only named is made too, one that is given by its ARN is not."""
    arn = mapping(said).get("arn") or (said if isinstance(said, Mapping) and _is_intrinsic(said) else None)
    topic = said if isinstance(said, str) else mapping(said).get("topicName")
    made: dict[str, Any] = {}
    if arn is None and isinstance(topic, str):
        arn = topic if topic.startswith("arn:") else {"Ref": f"SNSTopic{_word(topic)}"}
        if not topic.startswith("arn:"):
            made[f"SNSTopic{_word(topic)}"] = {"Type": TOPIC, "Properties": {"TopicName": topic}}
    endpoint = {"Fn::GetAtt": [logical_id, "Arn"]}
    properties: dict[str, Any] = {"TopicArn": arn, "Protocol": "lambda", "Endpoint": endpoint}
    for key, property_name in (("filterPolicy", "FilterPolicy"), ("redrivePolicy", "RedrivePolicy")):
        if key in mapping(said):
            properties[property_name] = mapping(said)[key]
    made[f"{name}SnsSubscription"] = {"Type": SUBSCRIPTION, "Properties": properties}
    return made | _permission(name, logical_id, "sns.amazonaws.com", arn)


def _rule(said: Any, name: str, logical_id: str, *, default_bus: bool) -> dict[str, Any]:  # noqa: ANN401
    details = mapping(said)
    rate = said if isinstance(said, str) else details.get("rate") or details.get("schedule")
    target: dict[str, Any] = {"Arn": {"Fn::GetAtt": [logical_id, "Arn"]}, "Id": name}
    if details.get("deadLetterQueueArn"):
        target["DeadLetterConfig"] = {"Arn": details["deadLetterQueueArn"]}
    properties: dict[str, Any] = {"Targets": [target]}
    if details.get("name"):
        properties["Name"] = details["name"]
    if rate:
        properties["ScheduleExpression"] = rate[0] if isinstance(rate, list) and rate else rate
    pattern = details.get("pattern") or details.get("event")
    if pattern:
        properties["EventPattern"] = pattern
    if not default_bus and details.get("eventBus"):
        properties["EventBusName"] = details["eventBus"]
    rule = {f"{name}EventsRule": {"Type": EVENT_RULE, "Properties": properties}}
    return rule | _permission(name, logical_id, "events.amazonaws.com", {"Fn::GetAtt": [f"{name}EventsRule", "Arn"]})


def _permission(name: str, logical_id: str, principal: str, source: Any) -> dict[str, Any]:  # noqa: ANN401
    properties = {"FunctionName": {"Fn::GetAtt": [logical_id, "Arn"]}, "Action": "lambda:InvokeFunction",
                  "Principal": principal, "SourceArn": source}  # fmt: skip
    return {f"{name}LambdaPermission": {"Type": PERMISSION, "Properties": properties}}


def _word(text: Any) -> str:  # noqa: ANN401
    return "".join(part[:1].upper() + part[1:] for part in re.findall(r"[A-Za-z0-9]+", str(text)))


def _is_intrinsic(value: Mapping[str, Any]) -> bool:
    return any(key == "Ref" or key.startswith("Fn::") for key in value)
