"""Which queues are dead-letter queues."""

from __future__ import annotations

import json
from collections.abc import Iterator

from shopfast_obs.diagnose.callers import mentions
from shopfast_obs.diagnose.interface import Context
from shopfast_obs.model.resources import Resource

# The properties in which services name the queue for what they could not deliver.
_NAMED_IN = ("RedrivePolicy", "DeadLetterConfig", "DeadLetterQueue", "DestinationConfig", "Targets")


def is_dead_letter_queue(queue: Resource, context: Context) -> bool:
    """True when another resource sends what it cannot deliver there."""
    return any(mentions(target, queue) for resource in context.inventory.resources for target in _targets(resource))


def _targets(resource: Resource) -> Iterator[object]:
    for name in _NAMED_IN:
        value = resource.properties.get(name)
        if name == "Targets":
            yield from (target.get("DeadLetterConfig") for target in value or () if isinstance(target, dict))
        elif isinstance(value, str):
            yield _parsed(value)
        elif value:
            yield value


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
