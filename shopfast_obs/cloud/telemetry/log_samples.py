"""The beginnings of many log groups: FilterLogEvents of each, or Logs Insights over fifty at a time.

FilterLogEvents takes one group, and an account may ask it five to twenty-five times a second. A query of Logs Insights
takes fifty groups and gives ten thousand lines; it is paid by what it scans.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.cloud.interface import Excerpt
from shopfast_obs.cloud.telemetry import logs
from shopfast_obs.model.telemetry import LogEvent, TimeRange
from shopfast_obs.parse import numbers

MANY = 51  # groups from which on they are queried together
TOGETHER = 50  # groups of one query
LINES = 10_000  # of one query's result
QUERY = "fields @timestamp, @message, @log, @logStream, @ptr | sort @timestamp asc"
PATIENCE = 120.0  # seconds for one query
RUNNING = ("Scheduled", "Running")


def one_by_one(calls: Calls, groups: Sequence[str], window: TimeRange, most: int) -> dict[str, Excerpt]:
    """One call a group and page, several groups at a time."""
    return dict(zip(groups, calls.each(lambda group: _one(calls, group, window, most), groups), strict=True))


def _one(calls: Calls, group: str, window: TimeRange, most: int) -> Excerpt:
    try:
        events = tuple(islice(logs.events(calls, group, window), most + 1))
    except RefusedError as refused:
        return Excerpt(refused=refused.message)
    return Excerpt(events[:most], cut=len(events) > most)


def queried(calls: Calls, groups: Sequence[str], window: TimeRange, most: int) -> dict[str, Excerpt]:
    """One query for fifty groups; where its result is full, one for each half of them."""
    there = set(logs.groups(calls))
    known = [group for group in groups if group in there]
    parts = [known[start : start + TOGETHER] for start in range(0, len(known), TOGETHER)]
    found: dict[str, Excerpt] = dict.fromkeys(groups, Excerpt())
    for answer in calls.each(lambda part: dict(_part(calls, part, window, most)), parts):
        found |= answer
    return found


def _part(calls: Calls, groups: Sequence[str], window: TimeRange, most: int) -> Iterator[tuple[str, Excerpt]]:
    try:
        lines = _lines(calls, groups, window)
    except RefusedError as refused:
        yield from ((group, Excerpt(refused=refused.message)) for group in groups)
        return
    if len(lines) < LINES or len(groups) == 1:
        full = len(lines) >= LINES
        by_group: dict[str, list[LogEvent]] = {group: [] for group in groups}
        for event in lines:
            by_group.setdefault(event.group, []).append(event)
        for group, events in by_group.items():
            yield group, Excerpt(tuple(events[:most]), cut=full or len(events) > most)
        return
    half = len(groups) // 2
    yield from _part(calls, groups[:half], window, most)
    yield from _part(calls, groups[half:], window, most)


def _lines(calls: Calls, groups: Sequence[str], window: TimeRange) -> list[LogEvent]:
    query = calls.one(
        "logs",
        "start_query",
        logGroupNames=list(groups),
        startTime=int(window.start),
        endTime=int(window.end),
        queryString=QUERY,
        limit=LINES,
    )["queryId"]
    until, wait = time.monotonic() + PATIENCE, 0.1
    answer = calls.one("logs", "get_query_results", queryId=query)
    while answer.get("status") in RUNNING and time.monotonic() < until:
        time.sleep(wait)
        wait = min(2 * wait, 2.0)
        answer = calls.one("logs", "get_query_results", queryId=query)
    if answer.get("status") != "Complete":
        raise RefusedError(f"a query of Logs Insights did not come to an end: {answer.get('status')}.")
    events = (_event({field["field"]: field["value"] for field in row}) for row in answer.get("results") or ())
    return [event for event in events if window.start <= event.timestamp < window.end]


def _event(row: Mapping[str, Any]) -> LogEvent:
    return LogEvent(
        timestamp=_time(row.get("@timestamp", "0")),
        message=str(row.get("@message", "")).rstrip("\n"),
        group=str(row.get("@log", "")).rpartition(":")[2],  # behind the account
        stream=str(row.get("@logStream", "")),
        event_id=str(row.get("@ptr", "")),
    )


def _time(text: Any) -> float:  # noqa: ANN401 - text of a service, or a number of an emulator
    milliseconds = numbers.number(str(text))
    if milliseconds is not None:
        return milliseconds / 1000
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC).timestamp()
