"""Log alarms: a query of Logs Insights on a schedule, its latest results against a threshold."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopfast_obs.analysis.logs.insights.interface import QueryError
from shopfast_obs.analysis.logs.insights.query import Row, read_query
from shopfast_obs.analysis.metrics.alarms import COMPARISONS, TREATMENTS, Point, Rule, evaluation_range
from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.metrics.alarms.alarm_store import Alarm
from shopfast_obs.localcloud.metrics.alarms.definitions import check_common, refused

# The rows of a query over some log groups, between two times of the alarms' clock.
LogQuery = Callable[[Scope, str, Sequence[str], float, float], Sequence[Row]]
_RATE = re.compile(r"rate\((\d{1,5}) (minute|hour|day)s?\)\Z")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_BY = re.compile(r"(?i)\s+by\s+([^|]*)")
MOST_RESULTS, MOST_GROUPS = 100, 50
Result = Mapping[tuple[str, ...], float]  # the values of one run, by the values of `by`


@dataclass(frozen=True, slots=True)
class LogWatch:
    """What a log alarm evaluates. Each `every` seconds the query runs over the time from `start` to `end` seconds
    before; `labels` are the fields of its `by`."""

    rule: Rule
    query: str
    groups: tuple[str, ...]
    every: int
    start: float
    end: float
    labels: tuple[str, ...]


def log_watch_of(properties: Mapping[str, Any]) -> LogWatch:
    """What the alarm evaluates; raises AwsError for one that CloudWatch refuses, and for what is not there."""
    check_common(properties)
    scheduled = properties.get("ScheduledQueryConfiguration") or {}
    groups = tuple(scheduled.get("LogGroupIdentifiers") or ())
    if not 1 <= len(groups) <= MOST_GROUPS:
        raise refused(f"LogGroupIdentifiers must have 1 to {MOST_GROUPS} log groups; the local cloud has no SOURCE.")
    if properties.get("ActionLogLineCount"):
        raise refused("The local cloud does not have ActionLogLineCount: its notifications have no log lines.")
    schedule = scheduled.get("ScheduleConfiguration") or {}
    rate = _RATE.match(str(schedule.get("ScheduleExpression", "")))
    if rate is None or not int(rate[1]):
        raise refused("ScheduleExpression must be a rate, for example rate(5 minutes).")
    start, end = float(schedule.get("StartTimeOffset", 0)), float(schedule.get("EndTimeOffset", 0))
    if not 0 <= end < start:
        raise refused("EndTimeOffset must be less than StartTimeOffset, and not negative.")
    made = str(scheduled.get("AggregationExpression", ""))
    by = _BY.search(made)
    labels = tuple(label.strip() for label in by[1].split(",")) if by else ()
    every = int(rate[1]) * _SECONDS[rate[2]]
    return LogWatch(_rule(properties), _query(scheduled, made), groups, every, start, end, labels)


def _rule(properties: Mapping[str, Any]) -> Rule:
    operator, setting = str(properties.get("ComparisonOperator")), properties.get("TreatMissingData", "missing")
    if operator not in COMPARISONS:
        raise refused(f"{operator} is not a comparison operator of log alarms.")
    if setting not in TREATMENTS:
        raise refused(f"Option {setting} for treatment of missing data is not supported.")
    of, needed = properties.get("QueryResultsToEvaluate", 0), properties.get("QueryResultsToAlarm", 0)
    if not 1 <= needed <= of <= MOST_RESULTS:
        raise refused(f"QueryResultsToAlarm must be 1 to QueryResultsToEvaluate, which is {MOST_RESULTS} at most.")
    return Rule(operator, properties.get("Threshold", 0.0), of, needed, setting)


def _query(scheduled: Mapping[str, Any], made: str) -> str:
    text = " | ".join(part for part in (str(scheduled.get("QueryString", "")).strip(" |"), f"stats {made}") if part)
    try:
        read_query(text)
    except QueryError as problem:
        raise refused(f"The query of the log alarm cannot be read: {problem.message}") from None
    return text


class LogResults:
    """The results of the queries of log alarms, as many as an evaluation looks at; those of before a start are gone."""

    def __init__(self, query: LogQuery) -> None:
        self._query = query
        self._kept: dict[str, tuple[LogWatch, deque[tuple[float, Result]]]] = {}

    def points(self, alarm: Alarm, watch: LogWatch, scope: Scope, end: float) -> list[list[Point | None]]:
        """Run the query for `end`, and give the points of each series of its results, oldest first."""
        known = self._kept.get(alarm.name)
        if known is None or known[0] != watch:
            known = (watch, deque(maxlen=evaluation_range(watch.rule)))
            self._kept[alarm.name] = known
        results = known[1]
        rows = self._query(scope, watch.query, watch.groups, end - watch.start, end - watch.end)
        results.append((end, _values(rows, watch.labels)))
        missing: list[Point | None] = [None] * (evaluation_range(watch.rule) - len(results))
        series = sorted({key for _, result in results for key in result}) or [()]
        return [missing + [Point(at, one[key]) if key in one else None for at, one in results] for key in series]


def _values(rows: Sequence[Row], labels: Sequence[str]) -> Result:
    """The aggregated value of each row: the first number that is none of the fields of `by`."""
    found: dict[tuple[str, ...], float] = {}
    for row in rows:
        said = dict(row.values)
        for name, text in row.values:
            value = None if name in labels else _number(text)
            if value is not None:
                found[tuple(said.get(label, "") for label in labels)] = value
                break
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
