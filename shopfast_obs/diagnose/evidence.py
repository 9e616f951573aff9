"""Pieces of evidence in one line, and names in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Evidence
from shopfast_obs.model.resources import Resource
from shopfast_obs.model.telemetry import LogEvent

NAMED = 3


def configured(said: str, path: str, **numbers: float | str) -> Evidence:
    """What a template or the live configuration says under a path."""
    return Evidence("configuration", said, path, numbers)


def counted(said: str, resource: Resource, measure: Measure, context: Context, **numbers: float | str) -> Evidence:
    """What a metric counted in the window."""
    return Evidence("metrics", said, measure.locator(resource), numbers, context.window)


def written(said: str, event: LogEvent, context: Context, **numbers: float | str) -> Evidence:
    """A line of a log, with its stream and time."""
    place = f"{event.group} {event.stream}"
    return Evidence("logs", said, place, {"timestamp": event.timestamp, **numbers}, context.window)


def some(names: Iterable[str]) -> str:
    """The first three names, and how many more there are."""
    listed = sorted(set(names))
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return ", ".join(listed[:NAMED]) + more
