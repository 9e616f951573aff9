"""The events of a serverless.yml as the resources that the framework (osls 4.3.1) makes for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.dialects.serverless.apis import Apis
from shopfast_obs.parse.dialects.serverless.names import word
from shopfast_obs.parse.dialects.serverless.owner import Function, Resources, permission
from shopfast_obs.parse.dialects.serverless.rules import bus_rule, cloudwatch_event, schedule
from shopfast_obs.parse.dialects.serverless.sources import broker, kafka, queue, stream
from shopfast_obs.parse.dialects.serverless.topics import subscription
from shopfast_obs.parse.dialects.serverless.values import truth


class Events:
    """The resources of all functions' events."""

    def __init__(self, apis: Apis) -> None:
        self._apis = apis
        self._made: Resources = {}
        provider = apis.provider
        own = mapping(provider.get("kinesis")).get("consumerNamingMode")
        self._kinds: dict[str, Callable[[Any, Function], Resources]] = {
            "http": apis.method,
            "httpApi": apis.route,
            "websocket": apis.socket_route,
            "eventBridge": bus_rule,
            "sqs": queue,
            "stream": partial(stream, suffix=f"{apis.service}{apis.stage}" if own else ""),
            "msk": kafka,
            "kafka": kafka,
            "activemq": partial(broker, kind="ActiveMQ"),
            "rabbitmq": partial(broker, kind="RabbitMQ"),
            "sns": partial(subscription, made=self._made),
            "schedule": partial(schedule, provider=provider),
            "cloudwatchEvent": cloudwatch_event,
            "s3": partial(_s3, buckets=mapping(provider.get("s3"))),
            "alb": _alb,
            "iot": _iot,
            "iotFleetProvisioning": _fleet,
            "cognitoUserPool": _cognito,
            "cloudwatchLog": _log,
            "alexaSkill": _alexa_skill,
            "alexaSmartHome": _alexa_home,
            "cloudFront": _edge,
        }

    def of(self, owner: Function) -> Resources:
        """The resources for one function's events, by logical id."""
        found: Resources = {}
        events = owner.said.get("events")
        for event in events if isinstance(events, list) else ():
            owner.counted["event"] += 1
            for kind, said in mapping(event).items():
                # The framework takes no notice of `- s3:` above keys that are not indented below it.
                made = self._kinds[kind](said, owner) if said and kind in self._kinds else {}
                found |= made
                self._made |= made
        return found

    def shared(self) -> Resources:
        """What belongs to no one function."""
        return self._apis.shared()


def _s3(said: Any, owner: Function, buckets: Mapping[str, Any]) -> Resources:  # noqa: ANN401
    if mapping(said).get("existing"):
        return {}  # a custom resource gives the right at deployment
    bucket = said if isinstance(said, str) else mapping(said).get("bucket")
    name = mapping(buckets.get(str(bucket))).get("name") or bucket
    made = {f"S3Bucket{word(bucket)}": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}}
    return made | permission(f"{owner.name}LambdaPermission{word(bucket)}S3", owner.target, "s3.amazonaws.com")


def _alb(_: Any, owner: Function) -> Resources:  # noqa: ANN401
    sender = "elasticloadbalancing.amazonaws.com"
    return {
        **permission(f"{owner.name}LambdaPermissionAlb", owner.target, sender),
        **permission(f"{owner.name}LambdaPermissionRegisterTarget", owner.target, sender),
    }


def _iot(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    details = mapping(said)
    name = f"IotTopicRule{owner.number('iot')}"
    payload = {
        "RuleDisabled": truth(details.get("enabled")) is False,
        "Sql": details.get("sql"),
        "AwsIotSqlVersion": details.get("sqlVersion"),
        "Description": details.get("description"),
        "Actions": [{"Lambda": {"FunctionArn": owner.target}}],
    }
    properties = {"RuleName": details.get("name"), "TopicRulePayload": payload}
    return {
        f"{owner.name}{name}": {"Type": "AWS::IoT::TopicRule", "Properties": properties},
        **permission(f"{owner.name}LambdaPermission{name}", owner.target, "iot.amazonaws.com"),
    }


def _fleet(_: Any, owner: Function) -> Resources:  # noqa: ANN401
    return permission(f"{owner.name}LambdaPermissionIotProvisioningTemplate", owner.target, "iot.amazonaws.com")


def _cognito(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    details = mapping(said)
    if details.get("existing"):
        return {}
    source = f"CognitoUserPool{word(details.get('pool'))}TriggerSource{word(details.get('trigger'))}"
    return permission(f"{owner.name}LambdaPermission{source}", owner.target, "cognito-idp.amazonaws.com")


def _log(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    number = owner.number("cloudwatchLog")
    details = mapping(said)
    properties = {
        "LogGroupName": said if isinstance(said, str) else details.get("logGroup"),
        "FilterPattern": details.get("filter") or "",
        "DestinationArn": owner.target,
    }
    filter_ = {"Type": "AWS::Logs::SubscriptionFilter", "Properties": properties}
    sender = {"Fn::Join": ["", ["logs.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}
    return {
        f"{owner.name}LogsSubscriptionFilterCloudWatchLog{number}": filter_,
        **permission(f"{owner.name}LambdaPermissionLogsSubscriptionFilterCloudWatchLog", owner.target, sender),
    }


def _alexa_skill(_: Any, owner: Function) -> Resources:  # noqa: ANN401
    number = owner.number("alexaSkill")
    return permission(f"{owner.name}LambdaPermissionAlexaSkill{number}", owner.target, "alexa-appkit.amazon.com")


def _alexa_home(_: Any, owner: Function) -> Resources:  # noqa: ANN401
    number = owner.number("alexaSmartHome")
    return permission(
        f"{owner.name}LambdaPermissionAlexaSmartHome{number}", owner.target, "alexa-connectedhome.amazon.com"
    )


def _edge(_: Any, owner: Function) -> Resources:  # noqa: ANN401
    return permission(f"{owner.name}LambdaFunctionInvokePermission", owner.target, "edgelambda.amazonaws.com")
