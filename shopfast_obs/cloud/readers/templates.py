"""What the templates of the stacks say beyond what the services' lists tell: one call a stack, none a resource."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.errors import UserError
from shopfast_obs.model.resources import FUNCTION, TABLE, Resource
from shopfast_obs.parse.templates.template import inventory, read_template

# Properties that no list of the service has, or not for every version of the SDK: asking for them costs a call a
# resource. What a list does have is never
# taken from the template, which may have been drifted from.
_BEYOND: Mapping[str, frozenset[str]] = {
    FUNCTION: frozenset({"ReservedConcurrentExecutions", "RecursiveLoop", "SnapStart", "DurableConfig"}),
    TABLE: frozenset({"PointInTimeRecoverySpecification"}),
}
Declared = Mapping[tuple[str, str], Mapping[str, Any]]


def declared(calls: Calls, stack: str) -> Declared:
    """The properties that a stack's template declares, by the stack and the logical id."""
    body = calls.one("cloudformation", "get_template", StackName=stack).get("TemplateBody") or "{}"
    text = body if isinstance(body, str) else json.dumps(body)
    try:
        found = inventory(
            read_template(text, f"{stack}.json" if text.lstrip().startswith("{") else stack), stack, stack
        )
    except UserError:
        return {}  # a template that the cloud runs and we cannot read tells nothing more
    return {(stack, resource.logical_id): resource.properties for resource in found.resources}


def completed(found: Iterable[Resource], declared: Declared, read: frozenset[str]) -> list[Resource]:
    """The resources with what only their templates tell; of a type that no reader reads, everything."""
    return [_completed(resource, declared.get((resource.stack, resource.logical_id)), read) for resource in found]


def _completed(resource: Resource, said: Mapping[str, Any] | None, read: frozenset[str]) -> Resource:
    if not said:
        return resource
    wanted = _BEYOND.get(resource.type, frozenset()) if resource.type in read else said.keys()
    more = {name: said[name] for name in wanted if name in said and name not in resource.properties}
    return replace(resource, properties={**resource.properties, **more}) if more else resource
