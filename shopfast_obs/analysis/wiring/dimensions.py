"""Which resource the dimension of a metric names, and whether by the value that its service publishes."""

from __future__ import annotations

from collections.abc import Mapping

from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.references import is_open, readable
from shopfast_obs.model.resources import (
    DELIVERY_STREAM,
    EVENT_BUS,
    EVENT_RULE,
    FUNCTION,
    HTTP_API,
    PIPE,
    QUEUE,
    REST_API,
    STATE_MACHINE,
    TABLE,
    TOPIC,
    Resource,
)

# The dimension that names one resource, by namespace (the pages "metrics and dimensions" of the services' guides).
NAMES: Mapping[str, Mapping[str, str]] = {
    "AWS/ApiGateway": {"ApiName": REST_API, "ApiId": HTTP_API},
    "AWS/DynamoDB": {"TableName": TABLE},
    "AWS/EventBridge/Pipes": {"PipeName": PIPE},
    "AWS/Events": {"RuleName": EVENT_RULE, "EventBusName": EVENT_BUS},
    "AWS/Firehose": {"DeliveryStreamName": DELIVERY_STREAM},
    "AWS/Lambda": {"FunctionName": FUNCTION},
    "AWS/SNS": {"TopicName": TOPIC},
    "AWS/SQS": {"QueueName": QUEUE},
    "AWS/States": {"StateMachineArn": STATE_MACHINE},
}
APIS = (REST_API, HTTP_API)


def published(resource: Resource, dimension: str) -> frozenset[str]:
    """The values of a dimension under which the service publishes the resource's metrics."""
    if dimension.endswith("Arn"):
        return frozenset({resource.arn} - {""})
    if dimension.endswith("Id"):  # what is deployed has the id of an API in the place of its ARN
        return frozenset({resource.reference, resource.arn} - {""})
    if resource.type in APIS:
        return frozenset({resource.identifier})
    return frozenset({resource.identifier, resource.reference} - {""})


class Dimensions:
    """The dimensions of an inventory's resources. Building it is quick, asking it for a type reads those once."""

    def __init__(self, index: References) -> None:
        self._index = index
        self._values: dict[tuple[str, str], frozenset[str]] = {}

    def mistaken(self, namespace: str, dimension: str, value: str) -> str:
        """What is wrong with the value, where it means a resource of the inventory by another thing than the one that
        the service publishes; empty for all else."""
        type_ = NAMES.get(namespace, {}).get(dimension)
        if type_ is None or value in self._published(type_, dimension):
            return ""
        for resource in self._index.named(value, "" if type_ in APIS else type_):
            if resource.type == type_:
                said = _form(value, resource)
                return f"{dimension} {readable(value)} is {said}, where the {_word(dimension)} is wanted"
            if resource.type in APIS:
                kind = "an HTTP API" if resource.type == HTTP_API else "a REST API"
                return f"{resource.name} is {kind}, which publishes no metric by {dimension}"
        logical = any(value == resource.logical_id for resource in self._index.inventory.of_type(type_))
        if logical and not is_open(value):
            return f"{dimension} {value} is the logical id of a resource, where the {_word(dimension)} is wanted"
        return ""

    def _published(self, type_: str, dimension: str) -> frozenset[str]:
        key = (type_, dimension)
        if key not in self._values:
            resources = self._index.inventory.of_type(type_)
            self._values[key] = frozenset(value for r in resources for value in published(r, dimension))
        return self._values[key]


def _word(dimension: str) -> str:
    return "ARN" if dimension.endswith("Arn") else "id" if dimension.endswith("Id") else "name"


def _form(value: str, resource: Resource) -> str:
    if value.startswith("arn:"):
        return "an ARN"
    if "://" in value:
        return "a URL"
    if value in (resource.reference, resource.arn):
        return "an id"
    return "a name" if value == resource.identifier else "more than a name"
