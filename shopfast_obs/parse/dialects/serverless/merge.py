"""How the Serverless Framework puts parts of a file together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REPLACED = ("CreationPolicy", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy", "Condition")
JOINED = ("Properties", "Metadata")


def joined(value: Any) -> dict[str, Any]:  # noqa: ANN401 - what stands in a file
    """A mapping, or the mappings of a list in one, merged at every depth: it takes both for functions and resources."""
    found: dict[str, Any] = {}
    for part in value if isinstance(value, list) else [value]:
        found = merged(found, part) if isinstance(part, Mapping) else found
    return found


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both, what is above winning: mappings key by key, lists item by item."""
    found = {str(key): value for key, value in below.items()}
    for key, value in above.items():
        found[str(key)] = _one(found.get(str(key)), value)
    return found


def _one(below: Any, above: Any) -> Any:  # noqa: ANN401
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return merged(below, above)
    if isinstance(below, list) and isinstance(above, list):
        longer = below if len(below) > len(above) else above
        both = [_one(old, new) for old, new in zip(below, above, strict=False)]
        return both + longer[len(both) :]
    return above


def extended(resources: Mapping[str, Any], extensions: Mapping[str, Any]) -> dict[str, Any]:
    """The resources with `resources.extensions`: each property that one names is replaced as a whole."""
    found = dict(resources)
    for logical_id, extension in extensions.items():
        resource = found.get(logical_id)
        if isinstance(resource, Mapping) and isinstance(extension, Mapping):
            more = {key: extension[key] for key in REPLACED if key in extension}
            for key in JOINED:
                old, new = resource.get(key), extension.get(key)
                if isinstance(new, Mapping):
                    more[key] = {**(old if isinstance(old, Mapping) else {}), **new}
            found[logical_id] = {**resource, **more}
    return found


def stripped(value: Any) -> Any:  # noqa: ANN401 - what stands in a file
    """The value without the keys whose value is null: the framework leaves those of a resource's properties out."""
    if isinstance(value, Mapping):
        return {key: stripped(item) for key, item in value.items() if item is not None}
    return [stripped(item) for item in value] if isinstance(value, list) else value
