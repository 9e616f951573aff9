"""The beginnings of many log groups: FilterLogEvents of each, or Logs Insights over fifty at a time.

FilterLogEvents takes one group, and an account may ask it five to twenty-five times a second. A query of Logs Insights
takes fifty groups and gives ten thousand lines; it is paid by what it scans.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.cloud.interface import Excerpt
from shopfast_obs.cloud.telemetry import insights, logs
from shopfast_obs.model.telemetry import LogEvent, TimeRange

MANY = 51  # groups from which on they are queried together
LINES = 10_000  # of one query's result
QUERY = f"{insights.EVENT} | sort @timestamp asc"


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
    parts = [known[start : start + insights.TOGETHER] for start in range(0, len(known), insights.TOGETHER)]
    found: dict[str, Excerpt] = dict.fromkeys(groups, Excerpt())
    for answer in calls.each(lambda part: dict(_part(calls, part, window, most)), parts):
        found |= answer
    return found


def _part(calls: Calls, groups: Sequence[str], window: TimeRange, most: int) -> Iterator[tuple[str, Excerpt]]:
    try:
        found = insights.answer(calls, groups, window, QUERY, LINES)
    except RefusedError as refused:
        yield from ((group, Excerpt(refused=refused.message)) for group in groups)
        return
    lines = [one for one in map(insights.event, found.rows) if window.start <= one.timestamp < window.end]
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
