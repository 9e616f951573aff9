"""What polls for a function of a serverless.yml: event source mappings of queues, streams, Kafka and brokers."""

from __future__ import annotations

import json
from typing import Any

from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.dialects.serverless.names import normalised, source_name, source_word, word
from shopfast_obs.parse.dialects.serverless.owner import Function, Resources, is_intrinsic
from shopfast_obs.parse.dialects.serverless.values import number, truth

BATCH = 10  # what the framework writes for queues and streams
SETTINGS = {
    "batchSize": "BatchSize",
    "maximumBatchingWindow": "MaximumBatchingWindowInSeconds",
    "batchWindow": "MaximumBatchingWindowInSeconds",
    "maximumRetryAttempts": "MaximumRetryAttempts",
    "maximumRecordAgeInSeconds": "MaximumRecordAgeInSeconds",
    "bisectBatchOnFunctionError": "BisectBatchOnFunctionError",
    "parallelizationFactor": "ParallelizationFactor",
    "tumblingWindowInSeconds": "TumblingWindowInSeconds",
    "startingPosition": "StartingPosition",
    "enabled": "Enabled",
}


def _source(said: Any, owner: Function, **usual: Any) -> Resources:  # noqa: ANN401
    """The properties of an event source mapping."""
    details = mapping(said)
    arn = said if isinstance(said, str) or is_intrinsic(details) else details.get("arn")
    read = {name: truth(number(details[key])) for key, name in SETTINGS.items() if details.get(key) is not None}
    responses = details.get("functionResponseType")
    if responses:
        read["FunctionResponseTypes"] = responses if isinstance(responses, list) else [responses]
    failed = mapping(details.get("destinations")).get("onFailure")
    if failed:
        read["DestinationConfig"] = {"OnFailure": {"Destination": mapping(failed).get("arn") or failed}}
    patterns = details.get("filterPatterns")
    if isinstance(patterns, list):
        filters = [
            {"Pattern": json.dumps(pattern, separators=(",", ":"), default=str, ensure_ascii=False)}
            for pattern in patterns
        ]
        read["FilterCriteria"] = {"Filters": filters}
    if details.get("maximumConcurrency"):
        read["ScalingConfig"] = {"MaximumConcurrency": number(details["maximumConcurrency"])}
    known = {"EventSourceArn": arn} if arn is not None else {}
    return {**usual, "FunctionName": owner.target, **known, **read}


def _mapping_of(name: str, owner: Function, properties: Resources) -> Resources:
    return {f"{owner.name}EventSourceMapping{name}": {"Type": EVENT_SOURCE_MAPPING, "Properties": properties}}


def queue(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    """The mapping of a queue."""
    properties = _source(said, owner, BatchSize=BATCH, Enabled=True)
    return _mapping_of(f"SQS{source_word(properties.get('EventSourceArn'))}", owner, properties)


def stream(said: Any, owner: Function, suffix: str = "") -> Resources:  # noqa: ANN401
    """The mapping of a stream of DynamoDB or Kinesis; `suffix` is what the names of consumers have of the service."""
    properties = _source(said, owner, BatchSize=BATCH, Enabled=True, StartingPosition="TRIM_HORIZON")
    arn = properties.get("EventSourceArn")
    service = arn.split(":")[2] if isinstance(arn, str) and arn.count(":") > 2 else "kinesis"
    name = f"{str(mapping(said).get('type') or service).capitalize()}{source_word(arn)}"
    consumer = mapping(said).get("consumer")
    if not consumer:
        return _mapping_of(name, owner, properties)
    id_ = f"{normalised(f'{owner.key}{source_name(arn)}{suffix}')}ConsumerStreamConsumer"
    made = {id_: {"Type": "AWS::Kinesis::StreamConsumer", "Properties": {"StreamARN": arn}}} if consumer is True else {}
    properties["EventSourceArn"] = {"Ref": id_} if made else consumer
    return made | _mapping_of(name, owner, properties)


def kafka(said: Any, owner: Function) -> Resources:  # noqa: ANN401
    """The mapping of a topic of MSK or of a cluster of one's own."""
    details = mapping(said)
    properties = _source(said, owner, StartingPosition="TRIM_HORIZON") | {"Topics": [details.get("topic")]}
    if "bootstrapServers" in details:
        properties["SelfManagedEventSource"] = {"Endpoints": {"KafkaBootstrapServers": details["bootstrapServers"]}}
        return _mapping_of(f"Kafka{word(details.get('topic'))}", owner, properties)
    if details.get("consumerGroupId"):
        properties["AmazonManagedKafkaEventSourceConfig"] = {"ConsumerGroupId": details["consumerGroupId"]}
    name = f"MSK{source_word(properties.get('EventSourceArn'))}{word(details.get('topic'))}"
    return _mapping_of(name, owner, properties)


def broker(said: Any, owner: Function, kind: str) -> Resources:  # noqa: ANN401
    """The mapping of a queue of Amazon MQ; `kind` of broker."""
    properties = _source(said, owner) | {"Queues": [mapping(said).get("queue")]}
    return _mapping_of(f"{kind}{word(mapping(said).get('queue'))}", owner, properties)
