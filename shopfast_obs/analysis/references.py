"""Which resources of an inventory a value names: by ARN, name, URL or an intrinsic of a template."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from shopfast_obs.model.resources import (
    EVENT_BUS,
    EVENT_RULE,
    FUNCTION,
    LOG_GROUP,
    QUEUE,
    STATE_MACHINE,
    TABLE,
    TOPIC,
    Inventory,
    Resource,
)

# What stands for the service in an ARN of these types; a queue and a topic may share a name.
_SERVICE = {
    EVENT_BUS: "events",
    EVENT_RULE: "events",
    FUNCTION: "lambda",
    LOG_GROUP: "logs",
    QUEUE: "sqs",
    STATE_MACHINE: "states",
    TABLE: "dynamodb",
    TOPIC: "sns",
}
_PSEUDO = re.compile(r"\$\{[^}]*\}")
_WORD = re.compile(r"[\w.\-]+")


class References:
    """The index of an inventory's names. Building it reads each resource once, asking it reads the value once."""

    def __init__(self, inventory: Inventory) -> None:
        self._named: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in inventory.resources:
            for name in {resource.name, resource.logical_id, resource.arn} - {""}:
                self._named[name].append(resource)

    def named(self, value: Any, type_: str = "") -> tuple[Resource, ...]:  # noqa: ANN401 - any JSON value
        """The resources (of that type) that the value names, in the order in which it does."""
        found: dict[int, Resource] = {}
        for text in _texts(value):
            service = _service(text)
            for word in _words(text):
                for resource in self._named.get(word, ()):
                    fits = not service or _SERVICE.get(resource.type, service) == service
                    if fits and type_ in ("", resource.type):
                        found[id(resource)] = resource
        return tuple(found.values())

    def names(self, value: Any, resource: Resource) -> bool:  # noqa: ANN401
        """True when the value names this resource."""
        return any(found is resource or found == resource for found in self.named(value, resource.type))


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401
    waiting = [value]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            waiting += item.values()
        elif isinstance(item, list | tuple):
            waiting += item


def _words(text: str) -> Iterator[str]:
    """Everything in a text that may be a name: a log group's holds slashes, a FIFO queue's a dot."""
    yield text
    if ":" in text:
        yield from text.split(":")
    for word in _WORD.findall(text):
        yield word
        if "." in word:
            yield word.partition(".")[0]


def _service(text: str) -> str:
    """The service of the last ARN in a text: that of an API's integration holds the function's."""
    start = text.rfind("arn:")
    parts = _PSEUDO.sub("x", text[start:]).split(":") if start >= 0 else ()
    return parts[2] if len(parts) > 5 else ""
