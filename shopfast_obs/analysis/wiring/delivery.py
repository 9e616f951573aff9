"""How events reach those who work on them: who reads a queue or a stream, who hears a topic, who does not wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.principals import service
from shopfast_obs.model.resources import (
    BUCKET,
    DATA_STREAM,
    EVENT_RULE,
    EVENT_SOURCE_MAPPING,
    INVOKE_CONFIG,
    PERMISSION,
    PIPE,
    QUEUE,
    SCHEDULE,
    SUBSCRIPTION,
    TABLE,
    TOPIC,
    Resource,
)

ASYNCHRONOUS = frozenset({"sns", "events", "s3", "iot", "logs"})  # services, by the names of their principals
# What only a mapping of Kafka, of a broker or of a document database has.
OTHER_SOURCES = (
    "Topics",
    "Queues",
    "SelfManagedEventSource",
    "AmazonManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
)
STREAMS = (":kinesis:", ":dynamodb:")
Key = tuple[str, str]
Named = Mapping[Key, tuple[Resource, ...]]


def consumers(source: Resource, index: References) -> tuple[Resource, ...]:
    """The event source mappings and pipes that read a queue, a stream or a table."""
    mappings = _naming(index, EVENT_SOURCE_MAPPING, "EventSourceArn")
    return (*mappings.get(_key(source), ()), *_naming(index, PIPE, "Source").get(_key(source), ()))


def streams(function: Resource, index: References) -> tuple[Resource, ...]:
    """The event source mappings that bring a function the records of a Kinesis or DynamoDB stream."""
    mappings = _naming(index, EVENT_SOURCE_MAPPING, "FunctionName").get(_key(function), ())
    return tuple(item for item in mappings if _is_stream(item, index))


def subscriptions(topic: Resource, index: References) -> tuple[Mapping[str, Any], ...]:
    """Who hears a topic, each with its `Protocol` and `Endpoint`."""
    alone = _naming(index, SUBSCRIPTION, "TopicArn").get(_key(topic), ())
    own = topic.properties.get("Subscription")
    return (*(item.properties for item in alone), *(i for i in _listed(own) if isinstance(i, Mapping)))


AUTHORIZER = "AWS::IoT::Authorizer"


def senders(function: Resource, index: References) -> tuple[str, ...]:
    """The services that invoke a function and do not wait for its answer, by the names of their principals."""
    key = _key(function)
    found = {
        name
        for permission in _naming(index, PERMISSION, "FunctionName").get(key, ())
        if (name := service(permission.properties.get("Principal"))) in ASYNCHRONOUS
    }
    if key in _naming(index, AUTHORIZER, "AuthorizerFunctionArn"):
        found -= {"iot"}  # what asks who somebody is waits for the answer
    found |= {"sns"} if key in _naming(index, SUBSCRIPTION, "Endpoint") else set()
    found |= {"sns"} if key in _naming(index, TOPIC, "Subscription", "Endpoint") else set()
    found |= {"events"} if key in _naming(index, EVENT_RULE, "Targets", "Arn") else set()
    found |= {"scheduler"} if key in _naming(index, SCHEDULE, "Target", "Arn") else set()
    notified = ("NotificationConfiguration", "LambdaConfigurations", "Function")
    found |= {"s3"} if key in _naming(index, BUCKET, *notified) else set()
    return tuple(sorted(found))


def invoke_configs(function: Resource, index: References) -> tuple[Resource, ...]:
    """What is configured for a function's asynchronous invocations."""
    return _naming(index, INVOKE_CONFIG, "FunctionName").get(_key(function), ())


def failures_kept(function: Resource, index: References) -> tuple[Resource, ...]:
    """The queues that get the events which a function could not work on."""
    kept = [function.properties.get("DeadLetterConfig")]
    for config in invoke_configs(function, index):
        kept += _at(config.properties, ("DestinationConfig", "OnFailure"))
    return index.named(kept, QUEUE)


def _is_stream(item: Resource, index: References) -> bool:
    said = item.properties.get("EventSourceArn")
    if any(item.properties.get(name) for name in OTHER_SOURCES) or said is None or index.named(said, QUEUE):
        return False
    known = any(word in str(said) for word in STREAMS) or index.named(said, TABLE) or index.named(said, DATA_STREAM)
    return bool(known) or (":sqs:" not in str(said) and "StartingPosition" in item.properties)


def _naming(index: References, type_: str, *path: str) -> Named:
    """The resources of a type by what they name at that path, which leads through lists."""

    def made() -> Named:
        found: dict[Key, dict[int, Resource]] = {}
        for resource in index.inventory.of_type(type_):
            for named in index.named(list(_at(resource.properties, path))):
                found.setdefault(_key(named), {})[id(resource)] = resource
        return {key: tuple(resources.values()) for key, resources in found.items()}

    return index.once(("naming", type_, path), made)


def _at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:  # noqa: ANN401 - any JSON value
    if not path:
        yield value
    for item in _listed(value) if path else ():
        if isinstance(item, Mapping) and path[0] in item:
            yield from _at(item[path[0]], path[1:])


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    return list(value) if isinstance(value, list | tuple) else [value]


def _key(resource: Resource) -> Key:
    return (resource.type, resource.reference or resource.identifier)
