"""Who calls a function, and how long they wait: a timeout beyond that helps nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shopfast_obs.analysis.sizing import Limit
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.values import number
from shopfast_obs.model.resources import (
    EVENT_SOURCE_MAPPING,
    FUNCTION,
    HTTP_INTEGRATION,
    QUEUE,
    REST_METHOD,
    Resource,
)

REST_SECONDS, HTTP_SECONDS = 29.0, 30.0  # the default integration timeouts of REST and of HTTP APIs
VISIBILITY = 6  # AWS: VisibilityTimeout at least six times the function's timeout
API_MARGIN = 1.0  # the function must end before the API gives up


@dataclass(frozen=True, slots=True)
class Door:
    """An API's integration with a function, and how long it waits for it."""

    api: str
    resource: Resource
    seconds: float


def limit(function: Resource, context: Context) -> Limit | None:
    """The shortest wait among the function's callers; None when none is known to bound it."""
    return min(_limits(function, context), key=lambda found: found.seconds, default=None)


def _limits(function: Resource, context: Context) -> Iterator[Limit]:
    for door in doors(function, context):
        yield Limit(door.seconds - API_MARGIN, f"API Gateway, which waits {door.seconds:.0f} s,")
    for queue in queues_of(function, context):
        visibility = number(queue.effective("VisibilityTimeout"))
        if visibility is not None:
            said = f"the queue {queue.name}, whose VisibilityTimeout of {visibility:.0f} s should be six times it,"
            yield Limit(visibility / VISIBILITY, said)


def doors(function: Resource, context: Context) -> tuple[Door, ...]:
    """The API integrations that call the function."""
    return context.once("doors", lambda: _doors(context)).get(function.name, ())


def _doors(context: Context) -> dict[str, tuple[Door, ...]]:
    found: dict[str, list[Door]] = {}
    for method in context.inventory.of_type(REST_METHOD):
        integration = method.properties.get("Integration") or {}
        if isinstance(integration, dict):
            seconds = (number(integration.get("TimeoutInMillis")) or REST_SECONDS * 1000) / 1000
            for function in context.references.named(integration.get("Uri"), FUNCTION):
                found.setdefault(function.name, []).append(Door("REST API", method, seconds))
    for item in context.inventory.of_type(HTTP_INTEGRATION):
        seconds = (number(item.properties.get("TimeoutInMillis")) or HTTP_SECONDS * 1000) / 1000
        for function in context.references.named(item.properties.get("IntegrationUri"), FUNCTION):
            found.setdefault(function.name, []).append(Door("HTTP API", item, seconds))
    return {name: tuple(doors) for name, doors in found.items()}


def queues_of(function: Resource, context: Context) -> Iterator[Resource]:
    """The queues that an event source mapping feeds to the function."""
    for mapping in mappings_of(function, context):
        yield from context.references.named(mapping.properties.get("EventSourceArn"), QUEUE)


def mappings_of(function: Resource, context: Context) -> tuple[Resource, ...]:
    """The event source mappings of a function."""
    return context.once("mappings", lambda: _by_function(context)).get(function.name, ())


def _by_function(context: Context) -> dict[str, tuple[Resource, ...]]:
    found: dict[str, list[Resource]] = {}
    for mapping in context.inventory.of_type(EVENT_SOURCE_MAPPING):
        for function in context.references.named(mapping.properties.get("FunctionName"), FUNCTION):
            found.setdefault(function.name, []).append(mapping)
    return {name: tuple(mappings) for name, mappings in found.items()}
