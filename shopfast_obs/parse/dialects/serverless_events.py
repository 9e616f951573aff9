"""The events of a serverless.yml as the resources that the framework (osls 4.3.1) makes for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from shopfast_obs.model.resources import (
    EVENT_BUS,
    EVENT_RULE,
    HTTP_API,
    HTTP_INTEGRATION,
    HTTP_ROUTE,
    HTTP_STAGE,
    REST_API,
    REST_METHOD,
    REST_STAGE,
    SUBSCRIPTION,
    TOPIC,
)
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.dialects.serverless_function import Function, Resources, is_intrinsic, permission
from shopfast_obs.parse.dialects.serverless_names import normalised, path_word, route_word, source_word, word
from shopfast_obs.parse.dialects.serverless_sources import broker, kafka, queue, stream

LOG_TIMES = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
HTTP_MILLIS = 30_000
INVOKE = ["arn:", {"Ref": "AWS::Partition"}, ":apigateway:", {"Ref": "AWS::Region"}]
PATH = ":lambda:path/2015-03-31/functions/"


class Events:
    """The resources of all functions' events; the APIs are shared between them."""

    def __init__(self, service: str, stage: str, provider: Mapping[str, Any]) -> None:
        self._service, self._stage, self._provider = service, stage, provider
        self._api_name = str(provider.get("apiName") or f"{stage}-{service}")
        self._rest = self._http = self._socket = False
        self._kinds: dict[str, Callable[[Any, Function], Resources]] = {
            "http": self._method,
            "httpApi": self._route,
            "websocket": self._socket_route,
            "eventBridge": self._bus_rule,
            "sqs": queue,
            "stream": stream,
            "msk": kafka,
            "kafka": kafka,
            "activemq": broker,
            "rabbitmq": broker,
            "sns": _subscription,
            "schedule": _schedule,
            "cloudwatchEvent": _cloudwatch_event,
            "s3": _s3,
            "alb": _alb,
            "iot": _iot,
            "cognitoUserPool": _cognito,
            "cloudwatchLog": _log,
        }

    def of(self, key: str, function: Mapping[str, Any], logical_id: str, target: Any) -> Resources:  # noqa: ANN401
        """The resources for one function's events, by logical id; `target` is what its triggers call."""
        found: Resources = {}
        name = str(function.get("name") or f"{self._service}-{self._stage}-{key}")
        owner = Function(key, logical_id, name, target)
        events = function.get("events")
        for event in events if isinstance(events, list) else ():
            owner.counted["event"] += 1
            for kind, said in mapping({event: {}} if isinstance(event, str) else event).items():
                found |= self._kinds[kind](said, owner) if kind in self._kinds else {}
        return found

    def _method(self, said: Any, owner: Function) -> Resources:  # noqa: ANN401
        self._rest = True
        verb, _, path = said.partition(" ") if isinstance(said, str) else (
            str(mapping(said).get("method", "any")), "", str(mapping(said).get("path", "/"))
        )  # fmt: skip
        details = mapping(said)
        plain = str(details.get("integration", "")).lower() in ("lambda", "aws") or details.get("async")
        integration: Resources = {"Type": "AWS" if plain else "AWS_PROXY", "Uri": _invoke(owner.target)}
        if details.get("timeoutInMillis"):
            integration["TimeoutInMillis"] = details["timeoutInMillis"]
        if details.get("async"):
            integration["RequestParameters"] = {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}
        method = {"RestApiId": {"Ref": "ApiGatewayRestApi"}, "HttpMethod": verb.upper(), "Integration": integration}
        return {
            f"ApiGatewayMethod{path_word(path)}{verb.capitalize()}": {"Type": REST_METHOD, "Properties": method},
            **permission(f"{owner.name}LambdaPermissionApiGateway", owner, "apigateway.amazonaws.com"),
        }

    def _route(self, said: Any, owner: Function) -> Resources:  # noqa: ANN401
        self._http = True
        details = mapping(said)
        spelled = said if isinstance(said, str) else f"{details.get('method', '*')} {details.get('path', '*')}"
        verb, _, path = str(spelled).strip().partition(" ")
        key = "$default" if "*" in (path, verb) and path in ("", "*") else f"{verb.upper()} {path}"
        name = "Default" if key == "$default" else verb.replace("*", "any").capitalize() + path_word(path)
        integration = f"HttpApiIntegration{owner.name}"
        properties = {
            "ApiId": {"Ref": "HttpApi"},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": owner.target,
            "PayloadFormatVersion": "2.0",
            "TimeoutInMillis": HTTP_MILLIS,
        }
        return {
            integration: {"Type": HTTP_INTEGRATION, "Properties": properties},
            f"HttpApiRoute{name}": _on_route("HttpApi", key, integration),
            **permission(f"{owner.name}LambdaPermissionHttpApi", owner, "apigateway.amazonaws.com"),
        }

    def _socket_route(self, said: Any, owner: Function) -> Resources:  # noqa: ANN401
        self._socket = True
        route = str(said if isinstance(said, str) else mapping(said).get("route"))
        integration = f"{owner.name}WebsocketsIntegration"
        properties = {
            "ApiId": {"Ref": "WebsocketsApi"},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": _invoke(owner.target),
        }
        return {
            integration: {"Type": HTTP_INTEGRATION, "Properties": properties},
            f"{route_word(route)}WebsocketsRoute": _on_route("WebsocketsApi", route, integration),
            **permission(f"{owner.name}LambdaPermissionWebsockets", owner, "apigateway.amazonaws.com"),
        }

    def _bus_rule(self, said: Any, owner: Function) -> Resources:  # noqa: ANN401
        details, number = mapping(said), owner.counted["event"]
        name = f"{owner.physical_name}-rule-{number}"
        properties = _rule(details, owner, f"{details.get('name') or name}-target")
        properties["Name"] = details.get("name") or name
        found: Resources = {}
        bus = details.get("eventBus")
        if isinstance(bus, str) and bus != "default":
            properties["EventBusName"] = bus.rpartition("/")[2] if bus.startswith("arn:") else bus
            if not bus.startswith("arn:"):
                found[f"{normalised(bus)}EventBridgeEventBus"] = {"Type": EVENT_BUS, "Properties": {"Name": bus}}
        elif isinstance(bus, Mapping):
            properties["EventBusName"] = bus
        found[f"{word(name)}EventBridgeRule"] = {"Type": EVENT_RULE, "Properties": properties}
        return found | permission(f"{owner.name}EventBridgeLambdaPermission{number}", owner, "events.amazonaws.com")

    def shared(self) -> Resources:
        """The APIs and their stages, where a function has a route on one. The stage of the REST API is what the
        framework makes of the deployment's after it deployed."""
        logs, tracing = mapping(self._provider.get("logs")), mapping(self._provider.get("tracing"))
        found: Resources = {}
        if self._rest:
            found["ApiGatewayRestApi"] = {"Type": REST_API, "Properties": {"Name": self._api_name}}
            stage: Resources = {"RestApiId": {"Ref": "ApiGatewayRestApi"}, "StageName": self._stage}
            if tracing.get("apiGateway"):
                stage["TracingEnabled"] = True
            access = _access(logs.get("restApi"))
            stage |= {"AccessLogSetting": access} if access else {}
            found["ApiGatewayStage"] = {"Type": REST_STAGE, "Properties": stage}
        if self._http:
            access = _access(logs.get("httpApi"), as_json=True)
            found |= _api("HttpApi", self._api_name, "HTTP") | {"HttpApiStage": _stage("HttpApi", "$default", access)}
        if self._socket:
            name = str(self._provider.get("websocketsApiName") or f"{self._stage}-{self._service}-websockets")
            stage = _stage("WebsocketsApi", self._stage, _access(logs.get("websocket")))
            found |= _api("WebsocketsApi", name, "WEBSOCKET") | {"WebsocketsDeploymentStage": stage}
        return found


def _api(id_: str, name: str, protocol: str) -> Resources:
    return {id_: {"Type": HTTP_API, "Properties": {"Name": name, "ProtocolType": protocol}}}


def _stage(api: str, name: str, access: Resources) -> Resources:
    properties = {"ApiId": {"Ref": api}, "StageName": name, **({"AccessLogSettings": access} if access else {})}
    return {"Type": HTTP_STAGE, "Properties": properties}


def _on_route(api: str, key: str, integration: str) -> Resources:
    target = {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]}
    return {"Type": HTTP_ROUTE, "Properties": {"ApiId": {"Ref": api}, "RouteKey": key, "Target": target}}


def _invoke(target: Any) -> Resources:  # noqa: ANN401
    return {"Fn::Join": ["", [*INVOKE, PATH, target, "/invocations"]]}


def _access(said: Any, *, as_json: bool = False) -> Resources:  # noqa: ANN401
    """The access log of a stage; a plain `true` has the framework's own format, which is JSON for HTTP APIs only."""
    if not said or mapping(said).get("accessLogging") is False:
        return {}
    own = '{"requestId":"$context.requestId"}' if as_json else "requestId: $context.requestId"
    return {"DestinationArn": f"{LOG_TIMES}:log-group:/aws/api-gateway", "Format": mapping(said).get("format", own)}


def _subscription(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    """The subscription; a topic that is only named is made too, one that is given by its ARN is not."""
    details = mapping(said)
    arn = details.get("arn") or (said if is_intrinsic(details) else None)
    topic = said if isinstance(said, str) else details.get("topicName")
    if isinstance(topic, str) and topic.startswith("arn:"):
        arn, topic = topic, topic.rpartition(":")[2]
    name = word(topic) if isinstance(topic, str) else source_word(arn)
    found: Resources = {}
    more = {
        property_name: details[key]
        for key, property_name in (
            ("filterPolicy", "FilterPolicy"),
            ("filterPolicyScope", "FilterPolicyScope"),
            ("redrivePolicy", "RedrivePolicy"),
        )
        if key in details
    }
    if arn is None:
        arn = {"Ref": f"SNSTopic{name}"}
        inline = {} if more else {"Subscription": [{"Endpoint": owner.target, "Protocol": "lambda"}]}
        found[f"SNSTopic{name}"] = {"Type": TOPIC, "Properties": {"TopicName": topic, **inline}}
        if inline:
            return found | permission(f"{owner.name}LambdaPermission{name}SNS", owner, "sns.amazonaws.com")
    properties = {"TopicArn": arn, "Protocol": "lambda", "Endpoint": owner.target, **more}
    found[f"{owner.name}SnsSubscription{name}"] = {"Type": SUBSCRIPTION, "Properties": properties}
    if "RedrivePolicy" in more:
        dead, queue = _dead_letters(mapping(more["RedrivePolicy"]))
        properties["RedrivePolicy"] = {"deadLetterTargetArn": dead}
        found |= _open_queue(f"{name}To{owner.name}DLQPolicy", dead, queue, arn)
    return found | permission(f"{owner.name}LambdaPermission{name}SNS", owner, "sns.amazonaws.com")


def _dead_letters(policy: Mapping[str, Any]) -> tuple[Any, Any]:
    """The ARN of a redrive policy's queue, and what names the queue: by reference, by import, or the ARN itself."""
    if "deadLetterTargetRef" in policy:
        logical_id = policy["deadLetterTargetRef"]
        return {"Fn::GetAtt": [logical_id, "Arn"]}, {"Ref": logical_id}
    imported = mapping(policy.get("deadLetterTargetImport"))
    if imported:
        return {"Fn::ImportValue": imported.get("arn")}, {"Fn::ImportValue": imported.get("url")}
    return policy.get("deadLetterTargetArn"), policy.get("deadLetterTargetArn")


def _open_queue(id_: str, arn: Any, queue: Any, topic: Any) -> Resources:  # noqa: ANN401
    """The policy that lets a topic write to a dead-letter queue."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    properties = {"Queues": [queue], "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    return {id_: {"Type": "AWS::SQS::QueuePolicy", "Properties": properties}}


def _rule(details: Mapping[str, Any], owner: Function, id_: str) -> Resources:
    target: Resources = {"Arn": owner.target, "Id": id_}
    if details.get("deadLetterQueueArn"):
        target["DeadLetterConfig"] = {"Arn": details["deadLetterQueueArn"]}
    retries = mapping(details.get("retryPolicy"))
    names = {"maximumRetryAttempts": "MaximumRetryAttempts", "maximumEventAge": "MaximumEventAgeInSeconds"}
    if retries:
        target["RetryPolicy"] = {name: retries[key] for key, name in names.items() if key in retries}
    if "input" in details:
        said = details["input"]
        target["Input"] = said if isinstance(said, str) else json.dumps(said, separators=(",", ":"), default=str)
    properties: Resources = {"State": "DISABLED" if details.get("enabled") is False else "ENABLED", "Targets": [target]}
    pattern = details.get("pattern") or details.get("event")
    properties |= {"EventPattern": pattern} if pattern else {}
    properties |= {"ScheduleExpression": details["schedule"]} if details.get("schedule") else {}
    properties |= {"Name": details["name"]} if details.get("name") else {}
    return properties


def _schedule(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    details = mapping(said)
    rates = said if isinstance(said, str) else details.get("rate")
    found: Resources = {}
    for rate in rates if isinstance(rates, list) else [rates]:
        number = owner.number("schedule")
        rule = _rule({**details, "schedule": rate}, owner, f"{owner.key}Schedule")
        if details.get("method") == "scheduler":
            properties = {
                "ScheduleExpression": rate,
                "State": rule["State"],
                "Target": {"Arn": owner.target, "RoleArn": {"Fn::GetAtt": ["IamRoleLambdaExecution", "Arn"]}},
                "FlexibleTimeWindow": {"Mode": "OFF"},
            }
            schedule = {"Type": "AWS::Scheduler::Schedule", "Properties": properties}
            found[f"{owner.name}SchedulerSchedule{number}"] = schedule
            continue
        name = f"EventsRuleSchedule{number}"
        found[f"{owner.name}{name}"] = {"Type": EVENT_RULE, "Properties": rule}
        found |= permission(f"{owner.name}LambdaPermission{name}", owner, "events.amazonaws.com")
    return found


def _cloudwatch_event(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    name = f"EventsRuleCloudWatchEvent{owner.number('cloudwatchEvent')}"
    rule = _rule(mapping(said), owner, f"{owner.key}CloudWatchEvent")
    return {
        f"{owner.name}{name}": {"Type": EVENT_RULE, "Properties": rule},
        **permission(f"{owner.name}LambdaPermission{name}", owner, "events.amazonaws.com"),
    }


def _s3(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    if mapping(said).get("existing"):
        return {}  # a custom resource gives the right at deployment
    bucket = said if isinstance(said, str) else mapping(said).get("bucket")
    return permission(f"{owner.name}LambdaPermission{word(bucket)}S3", owner, "s3.amazonaws.com")


def _alb(_: Any, owner: Function) -> Resources:  # noqa: ANN401
    sender = "elasticloadbalancing.amazonaws.com"
    return {
        **permission(f"{owner.name}LambdaPermissionAlb", owner, sender),
        **permission(f"{owner.name}LambdaPermissionRegisterTarget", owner, sender),
    }


def _iot(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    name = f"IotTopicRule{owner.number('iot')}"
    payload = {"Sql": mapping(said).get("sql"), "Actions": [{"Lambda": {"FunctionArn": owner.target}}]}
    return {
        f"{owner.name}{name}": {"Type": "AWS::IoT::TopicRule", "Properties": {"TopicRulePayload": payload}},
        **permission(f"{owner.name}LambdaPermission{name}", owner, "iot.amazonaws.com"),
    }


def _cognito(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    pool, trigger = mapping(said).get("pool"), mapping(said).get("trigger")
    name = f"{owner.name}LambdaPermissionCognitoUserPool{word(pool)}TriggerSource{trigger}"
    return permission(name, owner, "cognito-idp.amazonaws.com")


def _log(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    number = owner.number("cloudwatchLog")
    details = mapping(said)
    properties = {
        "LogGroupName": said if isinstance(said, str) else details.get("logGroup"),
        "FilterPattern": details.get("filter", ""),
        "DestinationArn": owner.target,
    }
    filter_ = {"Type": "AWS::Logs::SubscriptionFilter", "Properties": properties}
    sender = {"Fn::Join": ["", ["logs.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}
    return {
        f"{owner.name}LogsSubscriptionFilterCloudWatchLog{number}": filter_,
        **permission(f"{owner.name}LambdaPermissionLogsSubscriptionFilterCloudWatchLog", owner, sender),
    }
