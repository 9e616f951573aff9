"""Recordings without secrets and personal data: others of the kind stand in, so that rules find what they found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shopfast_obs.analysis.sensitive import stand_in
from shopfast_obs.model.recording import Recording
from shopfast_obs.model.telemetry import LogEvent, Observations, Segment, Trace, TracedException

_SECRET_NAME = re.compile(r"(?i)secret|token|passw|pwd|credential|api_?key|private_?key|authorization")


def masked(recording: Recording) -> Recording:
    """The recording with stand-ins in its variables, log lines and traces."""
    inventory = recording.inventory
    resources = tuple(replace(resource, properties=_value(resource.properties)) for resource in inventory.resources)
    seen = recording.observations
    return replace(
        recording,
        inventory=replace(inventory, resources=resources),
        observations=None if seen is None else _observations(seen),
    )


def _observations(seen: Observations) -> Observations:
    logs = {group: tuple(map(_event, events)) for group, events in seen.logs.items()}
    return replace(seen, logs=logs, traces=tuple(map(_trace, seen.traces)))


def _event(event: LogEvent) -> LogEvent:
    message = stand_in(event.message)
    return event if message is event.message else replace(event, message=message)


def _trace(trace: Trace) -> Trace:
    return replace(trace, segments=tuple(map(_segment, trace.segments)))


def _segment(segment: Segment) -> Segment:
    return segment._replace(
        annotations=_value(segment.annotations),
        metadata=_value(segment.metadata),
        http=_value(segment.http),
        aws=_value(segment.aws),
        user=stand_in(segment.user),
        exceptions=tuple(map(_exception, segment.exceptions)),
        subsegments=tuple(map(_segment, segment.subsegments)),
    )


def _exception(exception: TracedException) -> TracedException:
    return replace(exception, message=stand_in(exception.message))


def _value(value: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return stand_in(value, whole=bool(_SECRET_NAME.search(name)))
    if isinstance(value, Mapping):
        return {key: _value(item, str(key)) for key, item in value.items()}
    return [_value(item, name) for item in value] if isinstance(value, list) else value
