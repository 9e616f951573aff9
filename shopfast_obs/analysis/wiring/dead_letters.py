"""Which queues hold what others could not deliver."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.resources import QUEUE, Inventory, Resource

# Where CloudFormation's and SAM's resource types name their dead-letter or failure destination.
_KEYS = frozenset({"deadLetterTargetArn", "DeadLetterConfig", "DeadLetterArn", "DeadLetterQueue", "OnFailure"})


def dead_letter_queues(inventory: Inventory, references: References | None = None) -> tuple[Resource, ...]:
    """The queues that another resource of the inventory sends its failures to, each once."""
    index = references or References(inventory)
    found = {
        id(queue): queue
        for resource in inventory.resources
        for target in _targets(resource.properties)
        for queue in index.named(target, QUEUE)
    }
    return tuple(found.values())


def _targets(value: Any) -> Iterator[Any]:  # noqa: ANN401 - any JSON value
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            for key, child in item.items():
                if key in _KEYS:
                    yield child
                else:
                    waiting.append(child)
        elif isinstance(item, list | tuple):
            waiting.extend(item)
        elif isinstance(item, str) and "deadLetterTargetArn" in item:  # live APIs give the policy as JSON text
            try:
                waiting.append(json.loads(item))
            except ValueError:
                continue
