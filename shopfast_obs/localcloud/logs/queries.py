"""Logs Insights: queries that run on threads of their own, and their results."""

from __future__ import annotations

import base64
import logging
import re
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import islice
from typing import Any

from shopfast_obs.analysis.logs.insights.interface import QueryError, Record, text
from shopfast_obs.analysis.logs.insights.query import MOST, Query, Row, read_query
from shopfast_obs.analysis.text.bounded_regex import OutOfTimeError, budget
from shopfast_obs.localcloud.interface import Clock, LogDirectory, LogGroup, Scope
from shopfast_obs.localcloud.logs.api import group_name, not_found
from shopfast_obs.localcloud.logs.fields import names_of, record
from shopfast_obs.localcloud.logs.store import Event, LogStore, Wanted
from shopfast_obs.localcloud.protocol.operations import Operations
from shopfast_obs.localcloud.protocol.wire import AwsError

MAX_GROUPS = 50
ROWS = 10_000  # of a result that nobody limits, and of one answer
REGEX_SECONDS = 60.0  # of its own thread, for the regular expressions of one query over millions of lines
KEPT = 1000  # queries that DescribeQueries still knows
SAMPLE = 1000  # events in which GetLogGroupFields looks for fields
POINTER = re.compile(r"event/(\d{1,18})\Z")
LATEST = 253_402_300_799  # the year 9999
logger = logging.getLogger(__name__)
Parameters = Mapping[str, Any]
Result = dict[str, Any]


class _StoppedError(Exception):
    pass


@dataclass(slots=True)
class Running:
    """One query on its way."""

    id: str
    text: str
    groups: Sequence[LogGroup]
    created: float
    status: str = "Scheduled"
    rows: Sequence[Row] = ()
    scanned: int = 0
    bytes: int = 0
    matched: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def match(self) -> None:
        """Count one record that the filters let through."""
        self.matched += 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query runs over."""

    scope: Scope
    query: Query
    wanted: Wanted
    limit: int


class Insights:
    """The operations of Logs Insights, and those that show the fields of events."""

    def __init__(self, logs: LogStore, directory: LogDirectory, clock: Clock) -> None:
        self._logs = logs
        self._directory = directory
        self._clock = clock
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="insights")
        self._queries: dict[Scope, dict[str, Running]] = {}

    def operations(self, scope: Scope) -> Operations:
        """The operations of an account and region."""
        return {
            "StartQuery": lambda p: self.start_query(scope, p),
            "GetQueryResults": lambda p: page_of(results_of(self._known(scope, p["queryId"])), p),
            "StopQuery": lambda p: self.stop_query(scope, p),
            "DescribeQueries": lambda p: self.describe_queries(scope, p),
            "GetLogRecord": lambda p: self.get_log_record(scope, p),
            "GetLogGroupFields": lambda p: self.get_log_group_fields(scope, p),
        }

    def stop(self) -> None:
        """Let what runs end."""
        for queries in list(self._queries.values()):
            for query in list(queries.values()):
                query.stop.set()

    def close(self) -> None:
        """End what runs, and wait for it."""
        self.stop()
        self._threads.shutdown()

    def start_query(self, scope: Scope, parameters: Parameters) -> Result:
        """Begin a query; raises AwsError for one that cannot be read."""
        if parameters.get("queryLanguage", "CWLI") != "CWLI":
            raise _refused("The local cloud has the query language CWLI only.")
        groups = [self._group(scope, name) for name in _group_names(parameters)]
        start, end = (_seconds(parameters[key]) for key in ("startTime", "endTime"))
        if start > end:
            raise _refused("startTime must be less than or equal to endTime")
        limit = parameters.get("limit") or ROWS
        if not 1 <= limit <= MOST:
            raise _refused(f"limit must be between 1 and {MOST}")
        query = _read(parameters["queryString"])
        running = Running(str(uuid.uuid4()), parameters["queryString"], groups, self._clock.now())
        known = self._queries.setdefault(scope, {})
        known[running.id] = running
        for old in list(known)[:-KEPT]:
            known.pop(old, None)
        asked = Asked(scope, query, Wanted(start * 1000, end * 1000 + 999, backwards=True), limit)
        self._threads.submit(self._run, running, asked)
        return {"queryId": running.id}

    def rows(self, scope: Scope, asked: str, groups: Sequence[str], start: float, end: float) -> Sequence[Row]:
        """The rows of a query between two times, at once; none for log groups that are not there yet."""
        found = (self._directory.group(scope, group_name(name)) for name in groups)
        running = Running("", asked, [group for group in found if group is not None], self._clock.now())
        wanted = Wanted(int(start * 1000), int(end * 1000) - 1, backwards=True)
        query = Asked(scope, _read(asked), wanted, ROWS)
        with budget(REGEX_SECONDS, time.thread_time, running.stop.is_set):
            return query.query.run(self._records(running, query), ROWS)

    def stop_query(self, scope: Scope, parameters: Parameters) -> Result:
        """End a query that runs."""
        running = self._known(scope, parameters["queryId"])
        if running.status not in ("Scheduled", "Running"):
            raise _refused("The query is not running.")
        running.stop.set()
        return {"success": True}

    def describe_queries(self, scope: Scope, parameters: Parameters) -> Result:
        """The queries of late, newest first."""
        name, status = parameters.get("logGroupName"), parameters.get("status")
        found = [
            {
                "queryId": q.id,
                "queryString": q.text,
                "status": q.status,
                "createTime": int(q.created * 1000),
                "logGroupName": q.groups[0].name,
                "queryLanguage": "CWLI",
            }
            for q in reversed(list(self._queries.get(scope, {}).values()))
            if (not name or name in {group.name for group in q.groups}) and (not status or q.status == status)
        ]
        return {"queries": found[: parameters.get("maxResults") or KEPT]}

    def get_log_record(self, scope: Scope, parameters: Parameters) -> Result:
        """All fields of the event that an `@ptr` stands for."""
        try:
            match = POINTER.match(base64.b64decode(parameters["logRecordPointer"], validate=True).decode())
        except ValueError:
            match = None
        event = self._logs.event(scope, int(match[1])) if match else None
        if event is None:
            raise _refused("Invalid logRecordPointer provided")
        shown = record(scope.account, event)
        return {"logRecord": {k: text(v) for k, v in {**shown.own, **shown.discovered()}.items()}}

    def get_log_group_fields(self, scope: Scope, parameters: Parameters) -> Result:
        """The fields of a group's latest events, and how many have them."""
        name = parameters.get("logGroupName") or parameters.get("logGroupIdentifier") or ""
        group = self._group(scope, group_name(name))
        end = _seconds(parameters.get("time", self._clock.now())) * 1000 + 999
        events = islice(self._logs.events(scope, group.name, Wanted(0, end, backwards=True)), SAMPLE)
        found = sorted(names_of(events).items(), key=lambda pair: (-pair[1], pair[0]))
        return {"logGroupFields": [{"name": name, "percent": percent} for name, percent in found]}

    def _run(self, running: Running, asked: Asked) -> None:
        running.status = "Running"
        try:
            with budget(REGEX_SECONDS, time.thread_time, running.stop.is_set):
                running.rows = asked.query.run(self._records(running, asked), asked.limit, running.match)
            running.status = "Complete"
        except OutOfTimeError:
            running.status = "Cancelled" if running.stop.is_set() else "Timeout"
        except _StoppedError:
            running.status = "Cancelled"
        except Exception:
            logger.exception("the query %s failed", running.id)
            running.status = "Failed"

    def _records(self, running: Running, asked: Asked) -> Iterator[Record]:
        wanted = replace(asked.wanted, needed=asked.query.needed)
        streams = [self._events(running, asked.scope, group.name, wanted) for group in running.groups]
        for event in merge(*streams, key=_place, reverse=True):
            if running.stop.is_set():
                raise _StoppedError
            yield record(asked.scope.account, event)

    def _events(self, running: Running, scope: Scope, group: str, wanted: Wanted) -> Iterator[Event]:
        """The events of one group, those that no filter could let through left out, but counted as looked at."""
        if running.stop.is_set():
            raise _StoppedError
        if not wanted.needed:
            for event in self._logs.events(scope, group, wanted):
                running.scanned += 1
                running.bytes += len(event.message.encode())
                yield event
            return
        yield from self._logs.events(scope, group, wanted)
        count, size = self._logs.volume(scope, group, wanted)
        running.scanned += count
        running.bytes += size

    def _group(self, scope: Scope, name: str) -> LogGroup:
        found = self._directory.group(scope, name)
        if found is None:
            raise not_found("log group")
        return found

    def _known(self, scope: Scope, query_id: str) -> Running:
        found = self._queries.get(scope, {}).get(query_id)
        if found is None:
            raise AwsError("ResourceNotFoundException", f"Query not found: {query_id}")
        return found


def results_of(running: Running) -> Result:
    """The answer of GetQueryResults."""
    done = running.status == "Complete"
    rows = running.rows if done else ()
    return {
        "queryLanguage": "CWLI",
        "results": [
            [{"field": name, "value": value} for name, value in row.values]
            + ([{"field": "@ptr", "value": row.pointer}] if row.pointer else [])
            for row in rows
        ],
        "statistics": {
            "recordsMatched": float(running.matched),
            "recordsScanned": float(running.scanned),
            "bytesScanned": float(running.bytes),
            "logGroupsScanned": float(len(running.groups)),
        },
        "status": running.status,
    }


def page_of(result: Result, parameters: Parameters) -> Result:
    """The answer with `maxItems` of its rows from `nextToken` on."""
    token, rows = parameters.get("nextToken") or "0", result["results"]
    if not token.isdecimal():
        raise _refused("The specified nextToken is invalid.")
    first, size = int(token), parameters.get("maxItems") or ROWS
    page = {**result, "results": rows[first : first + size]}
    return page | ({"nextToken": str(first + size)} if len(rows) > first + size else {})


def _group_names(parameters: Parameters) -> list[str]:
    given = [key for key in ("logGroupName", "logGroupNames", "logGroupIdentifiers") if parameters.get(key)]
    if len(given) != 1:
        raise _refused("Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified.")
    named = parameters[given[0]]
    names = [named] if isinstance(named, str) else list(dict.fromkeys(named))
    if len(names) > MAX_GROUPS:
        raise _refused(f"A query can look at {MAX_GROUPS} log groups at most.")
    return [group_name(name) for name in names]


def _read(query: str) -> Query:
    try:
        return read_query(query)
    except QueryError as problem:
        location = {"startCharOffset": problem.start, "endCharOffset": problem.end}
        compilation = {"queryCompileError": {"location": location, "message": problem.message}}
        raise AwsError("MalformedQueryException", problem.message, members=compilation) from None


def _seconds(value: float) -> int:
    """A time of a request, which is in seconds; in milliseconds it is understood, too."""
    seconds = value / 1000 if value > LATEST else value
    return int(min(max(seconds, 0), LATEST))


def _place(event: Event) -> tuple[int, int]:
    return event.timestamp, event.id


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
