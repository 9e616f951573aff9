"""What the aws command writes besides JSON: `--output text` of log events and traces, `--output yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

MOST_YAML = 32_000_000  # bytes: it is read a hundred times slower than JSON
# The fields of an event stand in the order of their names; a message has tabs and lines of its own.
_EVENT = re.compile(
    r"^EVENTS\t(?:(?P<id>\d+)\t\d{13}\t(?P<stream>[^\t\n]+)|\d{13})\t"
    r"(?P<message>(?:(?!\nEVENTS\t)[\s\S])*?)\t(?P<time>\d{13})$",
    re.M,
)
_SEGMENT = re.compile(r"^SEGMENTS\t(\{.*\})\t[0-9a-f]{16}$", re.M)


def text_values(text: str) -> Iterator[Any]:
    """The log events, and the traces, of `--output text`."""
    for found in _EVENT.finditer(text):
        event = {"timestamp": int(found["time"]), "message": found["message"], "logStreamName": found["stream"] or ""}
        yield event | ({"eventId": found["id"]} if found["id"] else {})
    for found in _SEGMENT.finditer(text):
        yield {"Document": found[1]}


class _Loader(yaml.CSafeLoader):
    """YAML as the aws command writes it: what looks like a time stays text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def yaml_values(name: str, content: bytes, problems: list[str]) -> Iterator[Any]:
    """The documents of `--output yaml`, and of `yaml-stream`, which has one a page."""
    if len(content) > MOST_YAML:
        problems.append(f"{name}: YAML of more than {MOST_YAML:,} bytes: ask for JSON: aws ... --output json")
        return
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(content, Loader=_Loader)):
            problems.append(f"{name}: YAML with aliases, which the aws command does not write")
            return
        yield from yaml.load_all(content, Loader=_Loader)
    except (yaml.YAMLError, RecursionError) as problem:
        problems.append(f"{name}: not YAML ({str(problem).splitlines()[0]})")
