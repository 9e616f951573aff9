"""The invocation that a line belongs to: what went wrong once may be written in several lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from shopfast_obs.diagnose.context import Context
from shopfast_obs.model.resources import Resource
from shopfast_obs.model.telemetry import InvocationReport, LogEvent
from shopfast_obs.parse.logs import platform
from shopfast_obs.parse.logs.open_requests import OpenRequests

# A stream, and how many REPORTs it had before; while it serves several requests at once, the line's own.
Episode = tuple[str, int | str]


class Failures(NamedTuple):
    """What is known of failed invocations: how many there were, REPORTs that say so, and lines with an exception."""

    counted: int
    reports: Sequence[InvocationReport]
    lines: Sequence[LogEvent]


def count(function: Resource, context: Context, lines: Iterable[LogEvent]) -> int:
    """In how many invocations the lines of the function's log were written; a failed init belongs to the invocation
    that it was made for."""
    known = _known(function, context)
    return len({known[id(line)] for line in lines})


def explained(function: Resource, context: Context, failures: Failures, patterns: Iterable[str]) -> bool:
    """True when every invocation that failed, or wrote of an exception, wrote a line that one of the patterns finds,
    and as many as were counted did."""
    known, told = _known(function, context), _telling(function, context, patterns)
    ended = _ended(function, context)
    failed = {ended.get((report.stream, report.timestamp)) for report in failures.reports}
    wrote = {known[id(line)] for line in failures.lines}
    return len(told) >= failures.counted and failed | wrote <= told


def told(function: Resource, context: Context, reports: Iterable[InvocationReport], pattern: str) -> set[int]:
    """Those of the reports, by their `id()`, whose invocations wrote a line with the pattern."""
    telling, ended = _telling(function, context, [pattern]), _ended(function, context)
    return {id(report) for report in reports if ended.get((report.stream, report.timestamp)) in telling}


def _telling(function: Resource, context: Context, patterns: Iterable[str]) -> set[Episode]:
    known, wanted = _known(function, context), re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    return {known[id(event)] for event in context.events(function) if wanted.search(event.message)}


def _ended(function: Resource, context: Context) -> Mapping[tuple[str, float], Episode]:
    """The episode that ended at a moment of a stream."""
    known = _known(function, context)
    return {(event.stream, event.timestamp): known[id(event)] for event in context.events(function)}


def _known(function: Resource, context: Context) -> Mapping[int, Episode]:
    return context.once(("episodes", function.name), lambda: _episodes(context.events(function)))


def _episodes(events: Iterable[LogEvent]) -> Mapping[int, Episode]:
    """The episode of each line, by its `id()`: all up to a REPORT, what came before START included."""
    found: dict[int, Episode] = {}
    ended: dict[str, int] = {}
    streams: dict[str, OpenRequests] = {}
    for event in events:
        served = streams.setdefault(event.stream, OpenRequests())
        shared = served.several
        request = served.take(event.message)
        own = request if shared or served.several else ""
        found[id(event)] = (event.stream, own or ended.get(event.stream, 0))
        if platform.report(event.message, event) is not None:
            ended[event.stream] = ended.get(event.stream, 0) + 1
    return found
