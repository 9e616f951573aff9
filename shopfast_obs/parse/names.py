"""The property that gives a resource its physical name, by CloudFormation type (CloudFormation template reference)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from shopfast_obs.model.resources import (
    ALARM,
    EVENT_BUS,
    EVENT_RULE,
    FUNCTION,
    LOG_GROUP,
    QUEUE,
    REST_API,
    REST_STAGE,
    STATE_MACHINE,
    TABLE,
    TOPIC,
)

NAME_PROPERTY: Mapping[str, str] = {
    ALARM: "AlarmName",
    EVENT_BUS: "Name",
    EVENT_RULE: "Name",
    FUNCTION: "FunctionName",
    LOG_GROUP: "LogGroupName",
    QUEUE: "QueueName",
    REST_API: "Name",
    REST_STAGE: "StageName",
    STATE_MACHINE: "StateMachineName",
    TABLE: "TableName",
    TOPIC: "TopicName",
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::ApiGatewayV2::Stage": "StageName",
    "AWS::AppSync::GraphQLApi": "Name",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Pipes::Pipe": "Name",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SSM::Parameter": "Name",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::SecretsManager::Secret": "Name",
}


def construct_path(path: str) -> str:
    """The path of the construct that people know, from that of the resource that it makes: `Notes/F/Resource`."""
    return path.strip("/").removesuffix("/Resource").removesuffix("/Default")


def holding(part: str) -> Callable[[str], bool]:
    """Whether a name (of a log group) has this part in it. A construct's path, `Notes/F`, is in the names that
    CloudFormation makes of it: the stack's name, the construct's with a hash of eight digits, and random letters."""
    stack, slash, rest = part.partition("/")
    if not (stack and slash and rest):
        return lambda name: part in name
    within = "".join(letter for letter in rest if letter.isalnum())
    made = re.compile(rf"(^|/){re.escape(stack)}-{re.escape(within)}([0-9A-F]{{8}})?-[0-9A-Za-z]+$")
    return lambda name: part in name or bool(made.search(name))
