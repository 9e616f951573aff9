"""Properties that have not the form that CloudFormation gives them fail no rule."""

from __future__ import annotations

from typing import Any

import pytest

from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.model.findings import NotEnoughData
from shopfast_obs.model.resources import (
    ALARM,
    EVENT_RULE,
    EVENT_SOURCE_MAPPING,
    FUNCTION,
    FUNCTION_URL,
    LOG_GROUP,
    QUEUE,
    REST_STAGE,
    STATE_MACHINE,
    SUBSCRIPTION,
    TABLE,
    TOPIC,
    Inventory,
    Resource,
)

RESOURCES = (
    Resource(
        FUNCTION,
        "web",
        "Web",
        properties={
            "Runtime": "python3.11",
            "Architectures": ["arm64"],
            "Environment": {"Variables": {"TABLE": "orders"}},
            "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/aws/lambda/web"},
            "TracingConfig": {"Mode": "Active"},
            "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:000000000000:dead"},
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "VpcConfig": {"SubnetIds": ["subnet-1"]},
            "Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:x:1"],
            "Timeout": 3,
            "MemorySize": 128,
        },
    ),
    Resource(QUEUE, "work", "Work", properties={"VisibilityTimeout": 30, "RedrivePolicy": {"maxReceiveCount": 3}}),
    Resource(
        EVENT_SOURCE_MAPPING,
        "feed",
        "Feed",
        properties={
            "EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:work",
            "FunctionName": "web",
            "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        },
    ),
    Resource(
        ALARM,
        "errors",
        "Errors",
        properties={
            "Namespace": "AWS/Lambda",
            "MetricName": "Errors",
            "Dimensions": [{"Name": "FunctionName", "Value": "web"}],
            "Metrics": [],
            "AlarmActions": ["arn:aws:sns:us-east-1:000000000000:t"],
        },
    ),
    Resource(
        TABLE,
        "orders",
        "Orders",
        properties={"BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 1}},
    ),
    Resource(
        "AWS::IAM::Role",
        "role",
        "Role",
        properties={
            "Policies": [{"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}]}}],
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
            "AssumeRolePolicyDocument": {"Statement": []},
        },
    ),
    Resource(TOPIC, "news", "News", properties={"Subscription": [], "KmsMasterKeyId": "k", "TracingConfig": "Active"}),
    Resource(
        SUBSCRIPTION,
        "heard",
        "Heard",
        properties={
            "TopicArn": {"Ref": "News"},
            "Protocol": "lambda",
            "Endpoint": {"Fn::GetAtt": ["Web", "Arn"]},
            "FilterPolicy": {"kind": ["x"]},
            "RedrivePolicy": {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:dead"},
        },
    ),
    Resource(
        EVENT_RULE,
        "rule",
        "Rule",
        properties={
            "EventPattern": {"source": ["shop"]},
            "ScheduleExpression": "rate(1 minute)",
            "State": "ENABLED",
            "EventBusName": "default",
            "Targets": [{"Id": "t", "Arn": {"Fn::GetAtt": ["Web", "Arn"]}, "RetryPolicy": {"MaximumRetryAttempts": 1}}],
        },
    ),
    Resource(
        STATE_MACHINE,
        "flow",
        "Flow",
        properties={
            "DefinitionString": '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
            "DefinitionSubstitutions": {"A": "b"},
            "StateMachineType": "EXPRESS",
            "LoggingConfiguration": {"Level": "ERROR", "Destinations": []},
            "TracingConfiguration": {"Enabled": True},
        },
    ),
    Resource(
        LOG_GROUP, "/aws/lambda/web", "Logs", properties={"LogGroupName": "/aws/lambda/web", "RetentionInDays": 7}
    ),
    Resource(FUNCTION_URL, "url", "Url", properties={"TargetFunctionArn": "web", "AuthType": "NONE", "Cors": {}}),
    Resource(
        REST_STAGE,
        "prod",
        "Stage",
        properties={"RestApiId": "api", "MethodSettings": [{"ThrottlingRateLimit": 1}], "AccessLogSetting": {}},
    ),
    Resource(
        "AWS::Lambda::EventInvokeConfig",
        "async",
        "Async",
        properties={"FunctionName": "web", "MaximumRetryAttempts": 0, "DestinationConfig": {"OnFailure": {}}},
    ),
)
CASES = [(place, name) for place, resource in enumerate(RESOURCES) for name in resource.properties]
ODD = (None, "x", 5, True, [], [1], {}, {"a": None}, {"Ref": "P"}, {"Fn::If": ["C", 1, 2]})


@pytest.mark.parametrize(("place", "name"), CASES)
def test_a_property_of_any_form_fails_no_rule(place: int, name: str) -> None:
    """Text, numbers, lists, objects and intrinsics in the place of another."""
    for odd in ODD:
        resources: list[Resource] = list(RESOURCES)
        properties: dict[str, Any] = {**resources[place].properties, name: odd}
        resources[place] = Resource(
            resources[place].type, resources[place].name, resources[place].logical_id, properties=properties
        )
        outcomes = diagnose(Inventory("template", tuple(resources))).outcomes
        broken = [o for o in outcomes if isinstance(o, NotEnoughData) and "the rule failed" in o.reason]
        assert not broken, (odd, broken)
