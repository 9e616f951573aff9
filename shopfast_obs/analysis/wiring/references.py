"""Which resources of an inventory a value names: by ARN, physical name, URL or reference, aliases and versions too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, TypeVar, cast

from shopfast_obs.model.references import REFERENCE, reference
from shopfast_obs.model.resources import (
    EVENT_BUS,
    EVENT_RULE,
    FUNCTION,
    FUNCTION_ALIAS,
    FUNCTION_VERSION,
    LOG_GROUP,
    QUEUE,
    STATE_MACHINE,
    TABLE,
    TOPIC,
    Inventory,
    Resource,
)

T = TypeVar("T")

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
# Whoever names one of these means what it is made of, which stands in the property.
_STANDS_FOR = {FUNCTION_ALIAS: "FunctionName", FUNCTION_VERSION: "FunctionName"}
_PSEUDO = re.compile(r"\$\{[^}]*\}")
_WORD = re.compile(r"(?:\$\{[^}]*\}|[\w.\-])+")
_PART = re.compile(r"(?:\$\{[^}]*\}|[^:])+")
_SUB = re.compile(r"\$\{([^${}!.@]+)(?:\.[^${}@]*)?\}")


class References:
    """The index of an inventory's names. Building it reads each resource once, asking it reads the value once."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._named: defaultdict[str, list[Resource]] = defaultdict(list)
        self._logical: defaultdict[str, list[Resource]] = defaultdict(list)
        self._made: dict[Hashable, Any] = {}
        for resource in inventory.resources:
            named = {resource.name} if resource.by_reference != resource.reference else set()
            for name in {resource.identifier, resource.reference, resource.arn, *named} - {""}:
                self._named[name].append(resource)
            if resource.logical_id:
                self._logical[resource.logical_id].append(resource)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made for the first who asks and kept for the others."""
        if key not in self._made:
            self._made[key] = make()
        return cast("T", self._made[key])

    def named(self, value: Any, type_: str = "") -> tuple[Resource, ...]:  # noqa: ANN401 - any JSON value
        """The resources (of that type) that the value names, in the order in which it does. An alias or a version of a
        function names the function, too."""
        found: dict[int, Resource] = {}
        waiting = [*self._at(value)]
        while waiting:
            resource = waiting.pop(0)
            if id(resource) in found:
                continue
            found[id(resource)] = resource
            if resource.type in _STANDS_FOR:
                waiting += self._at(resource.properties.get(_STANDS_FOR[resource.type]))
        return tuple(resource for resource in found.values() if type_ in ("", resource.type))

    def names(self, value: Any, resource: Resource) -> bool:  # noqa: ANN401
        """True when the value names this resource."""
        return any(found is resource or found == resource for found in self.named(value, resource.type))

    def _at(self, value: Any) -> Iterator[Resource]:  # noqa: ANN401
        for text, logical in _texts(value):
            service = _service(text)
            for index, word in _words(text, logical=logical):
                for resource in (self._logical if index else self._named).get(word, ()):
                    if not service or _SERVICE.get(resource.type, service) == service:
                        yield resource


def _texts(value: Any) -> Iterator[tuple[str, bool]]:  # noqa: ANN401
    """The texts in a value; True with those that are logical ids, because an intrinsic holds them."""
    waiting = [(value, False)]
    while waiting:
        item, logical = waiting.pop(0)
        if isinstance(item, str):
            yield item, logical
        elif isinstance(item, Mapping):
            waiting += [(child, key in ("Ref", "Fn::GetAtt", "Fn::Sub")) for key, child in item.items()]
        elif isinstance(item, list | tuple):
            waiting += [(child, logical) for child in item]


def _words(text: str, *, logical: bool) -> Iterator[tuple[bool, str]]:
    """Everything in a text that may be a name (a log group's holds slashes, a FIFO queue's a dot); True with those
    that are logical ids."""
    yield False, text
    for match in REFERENCE.finditer(text):
        yield False, match[0]
        yield False, reference(match[1].partition(".")[0], match[2] or "")
    if logical:
        yield True, text.partition(".")[0]
        for match in _SUB.finditer(text):
            yield True, match[1]
    for part in _PART.findall(text) if ":" in text else ():
        yield False, part
    for word in _WORD.findall(text):
        yield False, word
        if "." in word:
            yield False, word.partition(".")[0]


def _service(text: str) -> str:
    """The service of the last ARN in a text: that of an API's integration holds the function's."""
    start = text.rfind("arn:")
    parts = _PSEUDO.sub("x", text[start:]).split(":") if start >= 0 else ()
    return parts[2] if len(parts) > 5 else ""
