"""Who calls a function, and how long they wait: a timeout beyond that helps nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from shopfast_obs.analysis.sizing import Limit
from shopfast_obs.diagnose.interface import Context
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, QUEUE, Resource

METHOD = "AWS::ApiGateway::Method"
API_SECONDS = 29.0  # the default integration timeout of a REST API
API_MARGIN = 1.0  # the function must end before the API gives up


def limit(function: Resource, context: Context) -> Limit | None:
    """The shortest wait among the function's callers; None when none is known to bound it."""
    return min(_limits(function, context), key=lambda found: found.seconds, default=None)


def _limits(function: Resource, context: Context) -> Iterator[Limit]:
    for method in context.inventory.of_type(METHOD):
        integration = method.properties.get("Integration") or {}
        if mentions(integration.get("Uri"), function):
            seconds = float(integration.get("TimeoutInMillis") or API_SECONDS * 1000) / 1000
            yield Limit(seconds - API_MARGIN, f"API Gateway, which waits {seconds:.0f} s,")
    for queue in queues_of(function, context):
        seconds = float(queue.effective("VisibilityTimeout"))
        yield Limit(seconds, f"the queue {queue.name} with its VisibilityTimeout of {seconds:.0f} s")


def queues_of(function: Resource, context: Context) -> Iterator[Resource]:
    """The queues that an event source mapping feeds to the function."""
    for mapping in context.inventory.of_type(EVENT_SOURCE_MAPPING):
        if mentions(mapping.properties.get("FunctionName"), function):
            for queue in context.inventory.of_type(QUEUE):
                if mentions(mapping.properties.get("EventSourceArn"), queue):
                    yield queue


def mentions(value: object, resource: Resource) -> bool:
    """True when a property (an ARN, a name, or an intrinsic of a template) means the resource."""
    text = json.dumps(value, default=str)
    names = {name for name in (resource.name, resource.logical_id, resource.arn) if name}
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) for name in names)
