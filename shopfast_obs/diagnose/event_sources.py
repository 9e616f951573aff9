"""What an event source mapping reads: told by its ARN or by the type of the resource that it names, never by a word."""

from __future__ import annotations

from typing import Literal

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.property_values import arn, at
from shopfast_obs.model.resources import QUEUE, TABLE, Resource

Kind = Literal["queue", "stream", "kafka", "broker", ""]
_OF_SERVICE: dict[str, Kind] = {
    "sqs": "queue",
    "kinesis": "stream",
    "dynamodb": "stream",
    "rds": "stream",  # DocumentDB's change streams
    "kafka": "kafka",
    "mq": "broker",
}
_OF_TYPE: dict[str, Kind] = {
    QUEUE: "queue",
    TABLE: "stream",
    "AWS::DynamoDB::GlobalTable": "stream",
    "AWS::Kinesis::Stream": "stream",
    "AWS::Kinesis::StreamConsumer": "stream",
    "AWS::DocDB::DBCluster": "stream",
    "AWS::MSK::Cluster": "kafka",
    "AWS::MSK::ServerlessCluster": "kafka",
    "AWS::AmazonMQ::Broker": "broker",
}


def kind(mapping: Resource, context: Context) -> Kind:
    """The kind of source of an event source mapping; empty when neither its ARN nor the inventory tells."""
    if mapping.properties.get("SelfManagedEventSource") or mapping.properties.get(
        "AmazonManagedKafkaEventSourceConfig"
    ):
        return "kafka"
    source = mapping.properties.get("EventSourceArn")
    if service := arn(source)[0]:
        return _OF_SERVICE.get(service, "")
    attribute = at(mapping, "EventSourceArn.Fn::GetAtt") if isinstance(source, dict) else None
    if isinstance(attribute, list) and attribute[-1:] == ["StreamArn"]:
        return "stream"
    return next((_OF_TYPE[found.type] for found in context.references.named(source) if found.type in _OF_TYPE), "")
