"""Queries of Logs Insights: started, waited for, and read page by page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import LogEvent, TimeRange
from shopfast_obs.parse import numbers

TOGETHER = 50  # groups of one query
MOST = 100_000  # rows of one query's result
PAGE = 10_000  # rows of one answer
LONGEST = 10_000  # characters of a query
PATIENCE = 900.0  # seconds for one query
SHORTEST, LONGEST_WAIT = 0.2, 30.0  # seconds between two looks, half of what has passed
AGAIN, BUSY = 2, 10.0  # how often a query is started again where too many run, and seconds until then
EVENT = "fields @timestamp, @message, @log, @logStream"
NEWEST = "sort @timestamp desc"
RUNNING = ("Scheduled", "Running")
STATISTICS = ("recordsMatched", "recordsScanned", "bytesScanned")
Row = Mapping[str, str]


@record
class Answer:
    """The rows of a query, at most so many as were asked for; how many events it matched and scanned, and bytes."""

    rows: tuple[Row, ...]
    matched: int = 0
    scanned: int = 0
    bytes: int = 0

    @property
    def cut(self) -> bool:
        """True when a query of events matched more than its rows."""
        return self.matched > len(self.rows)


def answer(  # noqa: PLR0917 - what a query is
    calls: Calls,
    groups: Sequence[str],
    window: TimeRange,
    query: str,
    most: int = MOST,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """What a query over at most fifty groups answers; raises RefusedError when it is refused or does not end well."""
    asked = {
        "logGroupNames": list(groups),
        "startTime": int(window.start),
        "endTime": int(window.end),
        "queryString": query,
        "limit": most,
    }
    id_ = _started(calls, asked, sleep)["queryId"]
    waited, first = 0.0, calls.one("logs", "get_query_results", queryId=id_)
    while first.get("status") in RUNNING and waited < PATIENCE:
        wait = min(max(SHORTEST, waited / 2), LONGEST_WAIT)
        sleep(wait)
        waited += wait
        first = calls.one("logs", "get_query_results", queryId=id_)
    if first.get("status") != "Complete":
        raise RefusedError(f"a query of Logs Insights did not come to an end: {first.get('status')}.")
    rows = [row for page in _pages(calls, id_, first) for row in page][:most]
    told = first.get("statistics") or {}
    matched, scanned, size = (int(told.get(name, 0)) for name in STATISTICS)
    return Answer(tuple(rows), max(matched, len(rows)), scanned, size)


def _started(calls: Calls, asked: Mapping[str, Any], sleep: Callable[[float], None]) -> dict[str, Any]:
    """The query on its way; where the account runs as many as it may, after a while."""
    for _ in range(AGAIN):
        try:
            return calls.one("logs", "start_query", **asked)
        except RefusedError as refused:
            if refused.code != "LimitExceededException":
                raise
        sleep(BUSY)
    return calls.one("logs", "start_query", **asked)


def _pages(calls: Calls, id_: str, first: dict[str, Any]) -> Iterator[list[Row]]:
    page = first
    while True:
        yield [{field["field"]: field["value"] for field in row} for row in page.get("results") or ()]
        token = page.get("nextToken")
        if not token:
            return
        page = calls.one("logs", "get_query_results", queryId=id_, nextToken=token)


def events(found: Answer, window: TimeRange) -> list[LogEvent]:
    """The rows of a query of events, newest first, as events, oldest first: times in a query are whole seconds."""
    read = (event(row) for row in reversed(found.rows))
    return [one for one in read if window.start <= one.timestamp < window.end]


def event(row: Row) -> LogEvent:
    """The event that a row shows."""
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
