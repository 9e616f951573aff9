"""The invocation that a line belongs to: what went wrong once may be written in several lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from shopfast_obs.diagnose.context import Context
from shopfast_obs.model.resources import Resource
from shopfast_obs.model.telemetry import InvocationReport, LogEvent
from shopfast_obs.parse import platform

Episode = tuple[str, int]  # a stream, and how many REPORTs it had before


def count(function: Resource, context: Context, lines: Iterable[LogEvent]) -> int:
    """In how many invocations the lines of the function's log were written; a failed init belongs to the invocation
    that it was made for."""
    known = _known(function, context)
    return len({known[id(line)] for line in lines})


def explained(
    function: Resource, context: Context, failed: Iterable[InvocationReport], patterns: Iterable[str]
) -> bool:
    """True when each of the failed invocations wrote a line that one of the patterns finds."""
    known, wanted = _known(function, context), re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    ended = {(event.stream, event.timestamp): known[id(event)] for event in context.events(function)}
    told = {known[id(event)] for event in context.events(function) if wanted.search(event.message)}
    return all(ended.get((report.stream, report.timestamp)) in told for report in failed)


def _known(function: Resource, context: Context) -> Mapping[int, Episode]:
    return context.once(("episodes", function.name), lambda: _episodes(context.events(function)))


def _episodes(events: Iterable[LogEvent]) -> Mapping[int, Episode]:
    """The episode of each line, by its `id()`: all up to a REPORT, what came before START included."""
    found: dict[int, Episode] = {}
    ended: dict[str, int] = {}
    for event in events:
        found[id(event)] = (event.stream, ended.get(event.stream, 0))
        if platform.report(event.message, event) is not None:
            ended[event.stream] = ended.get(event.stream, 0) + 1
    return found
