"""Traces with parts beside one another, and the rules of the formats as their viewers hold them."""

from typing import Any

from shopfast_obs.model.telemetry import Segment, Trace, TracedException
from shopfast_obs.testing import answered_early

NUMBER = {"type": "number"}
INDEX = {"type": "integer", "minimum": 0}
PROFILE = {
    "required": ["type", "name", "unit", "startValue", "endValue"],
    "properties": {
        "name": {"type": "string"},
        "unit": {"enum": ["none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"]},
        "startValue": NUMBER,
        "endValue": NUMBER,
    },
}
SAMPLED = {
    "required": ["samples", "weights"],
    "properties": {
        "type": {"const": "sampled"},
        "samples": {"type": "array", "items": {"type": "array", "items": INDEX}},
        "weights": {"type": "array", "items": NUMBER},
    },
}
EVENTED = {
    "required": ["events"],
    "properties": {
        "type": {"const": "evented"},
        "events": {
            "type": "array",
            "items": {
                "required": ["type", "frame", "at"],
                "additionalProperties": False,
                "properties": {"type": {"enum": ["O", "C"]}, "frame": INDEX, "at": NUMBER},
            },
        },
    },
}
# What speedscope 1.25.0's own schema demands, and that there is nothing else.
SPEEDSCOPE = {
    "type": "object",
    "required": ["$schema", "shared", "profiles"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"const": "https://www.speedscope.app/file-format-schema.json"},
        "name": {"type": "string"},
        "exporter": {"type": "string"},
        "activeProfileIndex": INDEX,
        "shared": {
            "type": "object",
            "required": ["frames"],
            "properties": {
                "frames": {
                    "type": "array",
                    "items": {
                        "required": ["name"],
                        "additionalProperties": False,
                        "properties": {"name": {"type": "string", "minLength": 1}},
                    },
                }
            },
        },
        "profiles": {"type": "array", "items": {"allOf": [PROFILE, {"anyOf": [SAMPLED, EVENTED]}]}},
    },
}


def fan_out() -> Trace:
    """A function with three calls at once that overlap without nesting, a moment without length, and a failure."""
    calls = (
        Segment("a", "one", 0.1, 0.5, namespace="remote"),
        Segment("b", "two", 0.2, 0.6, namespace="remote"),
        Segment(
            "c", "three; or 3", 0.3, 0.7, namespace="remote", fault=True, exceptions=(TracedException("Odd", "<b>\n"),)
        ),
        Segment("d", "moment", 0.7, 0.7),
    )
    function = Segment("f", "web", 0.0, 1.0, origin="AWS::Lambda::Function", parent_id="s", subsegments=calls)
    return Trace("1-5e34a614-10bd1234f1fb44f07bc535a1", (Segment("s", "web", 0.0, 1.0, origin="AWS::Lambda"), function))


def every() -> list[Trace]:
    """That, one with asynchronous work, and one without any part."""
    return [fan_out(), answered_early(), Trace("1-b", ())]


def unclosed(profile: dict[str, Any]) -> list[int]:
    """The frames that a profile of events leaves open; each close is of the frame opened last."""
    stack: list[int] = []
    now = profile["startValue"]
    for event in profile["events"]:
        assert event["at"] >= now
        now = event["at"]
        if event["type"] == "O":
            stack.append(event["frame"])
        else:
            assert stack.pop() == event["frame"]
    assert now <= profile["endValue"]
    return stack
