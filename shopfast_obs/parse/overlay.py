"""The overlay as text. `read` and `write` are exact inverses; the same decisions give the same text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from shopfast_obs.errors import UserError
from shopfast_obs.model.overlay import AlarmDefinition, Layer, Overlay, ResourceOverlay
from shopfast_obs.model.resources import ALARM

VERSION = 1
HINT = "Mend the file, or take it back with: shopfast-obs undo"
LAYERS: tuple[Layer, ...] = get_args(Layer)

T = TypeVar("T")


def read(text: str, source: str = "The overlay") -> Overlay:
    """The decisions in an overlay file; raises UserError naming the place of anything that is not understood."""
    document = _object(_decoded(text, source), source)
    if document.get("version") != VERSION:
        raise _refusal(source, f"has version {document.get('version')!r}, this is for version {VERSION}")
    _known(document, source, ("version",), ("resources", "alarms", "alarm_topic"))
    overlay = Overlay(
        resources=_each(document.get("resources", []), f"{source}: resources", _resource),
        alarms=_each(document.get("alarms", []), f"{source}: alarms", _alarm),
        alarm_topic=_string(document.get("alarm_topic", ""), f"{source}: alarm_topic"),
    )
    _once([f"{r.type} {r.name}" for r in overlay.resources], f"{source}: resources")
    _once([alarm.name for alarm in overlay.alarms], f"{source}: alarms")
    return overlay


def write(overlay: Overlay) -> str:
    """The overlay file's text: sorted keys, lists in the overlay's order, a newline at the end."""
    document = {
        "version": VERSION,
        "resources": [
            {"type": r.type, "name": r.name, "properties": dict(r.properties), "layers": list(r.layers)}
            for r in overlay.resources
        ],
        "alarms": [
            {"name": a.name, "kind": a.kind, "resource": a.resource, "properties": dict(a.properties)}
            | ({"type": a.type} if a.type != ALARM else {})
            for a in overlay.alarms
        ],
        "alarm_topic": overlay.alarm_topic,
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _decoded(text: str, source: str) -> Any:  # noqa: ANN401 - JSON has any type
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        _once([key for key, _ in pairs], source)
        return dict(pairs)

    def no_constant(name: str) -> float:
        raise _refusal(source, f"has the value {name}, which JSON does not know")

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=no_constant)
    except json.JSONDecodeError as problem:
        raise UserError(
            f"{source} is not valid JSON: {problem.msg} in line {problem.lineno}, column {problem.colno}.", HINT
        ) from None
    except RecursionError:
        raise _refusal(source, "is nested too deeply") from None
    except ValueError:
        raise _refusal(source, "has a number of thousands of digits") from None


def _resource(value: Any, place: str) -> ResourceOverlay:  # noqa: ANN401
    entry = _object(value, place)
    _known(entry, place, ("type", "name"), ("properties", "layers"))
    return ResourceOverlay(
        type=_name(entry["type"], f"{place}.type"),
        name=_name(entry["name"], f"{place}.name"),
        properties=_properties(entry.get("properties", {}), f"{place}.properties"),
        layers=_each(entry.get("layers", []), f"{place}.layers", _layer),
    )


def _alarm(value: Any, place: str) -> AlarmDefinition:  # noqa: ANN401
    entry = _object(value, place)
    _known(entry, place, ("name", "kind", "resource", "properties"), ("type",))
    return AlarmDefinition(
        name=_name(entry["name"], f"{place}.name"),
        kind=_name(entry["kind"], f"{place}.kind"),
        resource=_name(entry["resource"], f"{place}.resource"),
        properties=_properties(entry["properties"], f"{place}.properties"),
        type=_name(entry.get("type", ALARM), f"{place}.type"),
    )


def _layer(value: Any, place: str) -> Layer:  # noqa: ANN401
    for layer in LAYERS:
        if value == layer:
            return layer
    raise _refusal(place, f"is {value!r}, the layers are {' and '.join(LAYERS)}")


def _properties(value: Any, place: str) -> Mapping[str, Any]:  # noqa: ANN401
    properties = _object(value, place)
    for path in properties:
        if not all(path.split(".")):
            raise _refusal(place, f"has the property path {path!r}, which names nothing")
    return properties


def _each(value: Any, place: str, read_one: Callable[[Any, str], T]) -> tuple[T, ...]:  # noqa: ANN401
    if not isinstance(value, list):
        raise _refusal(place, "is not a list")
    return tuple(read_one(item, f"{place}[{index}]") for index, item in enumerate(value))


def _object(value: Any, place: str) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(value, dict):
        raise _refusal(place, "is not an object")
    return value


def _string(value: Any, place: str) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise _refusal(place, "is not a string")
    return value


def _name(value: Any, place: str) -> str:  # noqa: ANN401
    name = _string(value, place)
    if not name:
        raise _refusal(place, "is empty")
    return name


def _known(entry: Mapping[str, Any], place: str, needed: Sequence[str], optional: Sequence[str]) -> None:
    for key in needed:
        if key not in entry:
            raise _refusal(place, f"has no {key!r}")
    for key in entry:
        if key not in (*needed, *optional):
            raise _refusal(place, f"has an unknown key {key!r}")


def _once(values: Sequence[str], place: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise _refusal(place, f"says {value!r} twice")
        seen.add(value)


def _refusal(place: str, what: str) -> UserError:
    return UserError(f"{place} {what}.", HINT)
