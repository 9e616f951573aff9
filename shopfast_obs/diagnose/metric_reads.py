"""The metrics that rules read: which, of which resources, under which dimensions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from shopfast_obs.model.records import record
from shopfast_obs.model.resources import (
    EVENT_RULE,
    FUNCTION,
    HTTP_API,
    QUEUE,
    REST_API,
    STATE_MACHINE,
    TABLE,
    TOPIC,
    Inventory,
    Resource,
    is_durable,
)

if TYPE_CHECKING:
    from shopfast_obs.cloud.interface import MetricQuery
    from shopfast_obs.model.telemetry import TimeRange

PERIOD = 60  # seconds
MOST_POINTS = 180  # of one metric in a window; a longer window has longer periods

NAMESPACE: Mapping[str, str] = {
    EVENT_RULE: "AWS/Events",
    FUNCTION: "AWS/Lambda",
    HTTP_API: "AWS/ApiGateway",
    QUEUE: "AWS/SQS",
    REST_API: "AWS/ApiGateway",
    STATE_MACHINE: "AWS/States",
    TABLE: "AWS/DynamoDB",
    TOPIC: "AWS/SNS",
}
DURABLE = "DurableExecution"  # begins the metrics that only durable functions have
Dimensions = tuple[tuple[str, str], ...]


def _rule(rule: Resource) -> Dimensions:
    # A rule of a custom bus publishes under both names, one of the default bus under its own alone.
    bus = str(rule.properties.get("EventBusName") or "default").rpartition("/")[2]
    return (*((("EventBusName", bus),) if bus != "default" else ()), ("RuleName", rule.name))


_DIMENSIONS: Mapping[str, Callable[[Resource], Dimensions]] = {
    EVENT_RULE: _rule,
    FUNCTION: lambda function: (("FunctionName", function.name),),
    HTTP_API: lambda api: (("ApiId", api.arn),),
    QUEUE: lambda queue: (("QueueName", queue.name),),
    REST_API: lambda api: (("ApiName", api.name),),
    STATE_MACHINE: lambda machine: (("StateMachineArn", machine.arn),),
    TABLE: lambda table: (("TableName", table.name),),
    TOPIC: lambda topic: (("TopicName", topic.name),),
}


@record
class Measure:
    """One statistic of one metric that every resource of a type may have; `also` are dimensions beside its own."""

    type: str
    name: str
    statistic: str = "Sum"
    also: Dimensions = ()

    @property
    def namespace(self) -> str:
        """The namespace of the type's service."""
        return NAMESPACE[self.type]

    def fits(self, resource: Resource) -> bool:
        """Whether the resource has the metric at all."""
        return self.type == resource.type and (not self.name.startswith(DURABLE) or is_durable(resource))

    def query(self, resource: Resource, period: int = PERIOD) -> MetricQuery:
        """What to ask for one resource."""
        from shopfast_obs.cloud.interface import MetricQuery

        dimensions = (*_DIMENSIONS[self.type](resource), *self.also)
        return MetricQuery(self.namespace, self.name, dimensions, self.statistic, period)

    def locator(self, resource: Resource) -> str:
        """Where to look the metric up: `AWS/Lambda Throttles FunctionName=web`."""
        asked = self.query(resource)
        return " ".join([asked.namespace, asked.name, *(f"{name}={value}" for name, value in asked.dimensions)])


def queries(measures: Iterable[Measure], inventory: Inventory, window: TimeRange) -> list[MetricQuery]:
    """Each question once, for all resources."""
    period = PERIOD * max(1, math.ceil(window.seconds / PERIOD / MOST_POINTS))
    asked = [m.query(r, period) for m in measures for r in inventory.of_type(m.type) if m.fits(r)]
    return list(dict.fromkeys(asked))
