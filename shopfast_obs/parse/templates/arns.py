"""What `Ref` and `Fn::GetAtt` give for a resource, as far as its name tells (CloudFormation template reference)."""

from __future__ import annotations

from collections.abc import Mapping

from shopfast_obs.model.resources import (
    ALARM,
    EVENT_BUS,
    EVENT_RULE,
    FUNCTION,
    HTTP_API,
    LOG_GROUP,
    QUEUE,
    REST_API,
    STATE_MACHINE,
    TABLE,
    TOPIC,
)

_HERE = "${AWS::Region}:${AWS::AccountId}"
_ARN = "arn:${AWS::Partition}:"

ARN: Mapping[str, str] = {
    ALARM: f"{_ARN}cloudwatch:{_HERE}:alarm:%s",
    EVENT_BUS: f"{_ARN}events:{_HERE}:event-bus/%s",
    EVENT_RULE: f"{_ARN}events:{_HERE}:rule/%s",
    FUNCTION: f"{_ARN}lambda:{_HERE}:function:%s",
    LOG_GROUP: f"{_ARN}logs:{_HERE}:log-group:%s",
    QUEUE: f"{_ARN}sqs:{_HERE}:%s",
    STATE_MACHINE: f"{_ARN}states:{_HERE}:stateMachine:%s",
    TABLE: f"{_ARN}dynamodb:{_HERE}:table/%s",
    TOPIC: f"{_ARN}sns:{_HERE}:%s",
    "AWS::IAM::Role": f"{_ARN}iam::${{AWS::AccountId}}:role/%s",
    "AWS::Kinesis::Stream": f"{_ARN}kinesis:{_HERE}:stream/%s",
    "AWS::KinesisFirehose::DeliveryStream": f"{_ARN}firehose:{_HERE}:deliverystream/%s",
    "AWS::S3::Bucket": f"{_ARN}s3:::%s",
}
REF: Mapping[str, str] = {  # elsewhere it is the name
    QUEUE: "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/%s",
    STATE_MACHINE: ARN[STATE_MACHINE],
    TOPIC: ARN[TOPIC],
}
ARN_ATTRIBUTES = ("Arn", "TopicArn")
NAME_ATTRIBUTES = ("Name", "QueueName", "TopicName")
REF_IS_ID = frozenset({REST_API, HTTP_API})  # `Ref` gives an id that only the service knows, whatever the name
ID_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {REST_API: ("RestApiId",), HTTP_API: ("ApiId",)}
