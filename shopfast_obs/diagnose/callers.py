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
VISIBILITY = 6  # AWS: VisibilityTimeout at least six times the function's timeout
API_MARGIN = 1.0  # the function must end before the API gives up


def limit(function: Resource, context: Context) -> Limit | None:
    """The shortest wait among the function's callers; None when none is known to bound it."""
    return min(_limits(function, context), key=lambda found: found.seconds, default=None)


def _limits(function: Resource, context: Context) -> Iterator[Limit]:
    for method in context.inventory.of_type(METHOD):
        integration = method.properties.get("Integration") or {}
        if mentions(integration.get("Uri"), function):
            seconds = (_number(integration.get("TimeoutInMillis")) or API_SECONDS * 1000) / 1000
            yield Limit(seconds - API_MARGIN, f"API Gateway, which waits {seconds:.0f} s,")
    for queue in queues_of(function, context):
        visibility = _number(queue.effective("VisibilityTimeout"))
        if visibility is not None:
            said = f"the queue {queue.name}, whose VisibilityTimeout of {visibility:.0f} s should be six times it,"
            yield Limit(visibility / VISIBILITY, said)


def _number(value: object) -> float | None:
    """The number; None for what a template leaves to a parameter."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


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
