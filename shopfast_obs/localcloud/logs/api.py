"""The operations on log events."""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from shopfast_obs.analysis.logs.patterns import LogPattern, PatternError, log_pattern
from shopfast_obs.analysis.text.bounded_regex import CALL_SECONDS, OutOfTimeError, budget
from shopfast_obs.localcloud.interface import Clock, LogDirectory, LogGroup, Scope
from shopfast_obs.localcloud.logs.ingestion import Ingestion
from shopfast_obs.localcloud.logs.put_log_events import batch_of
from shopfast_obs.localcloud.logs.store import ALWAYS, Event, LogStore, Place, Wanted
from shopfast_obs.localcloud.protocol.operations import Operations
from shopfast_obs.localcloud.protocol.wire import AwsError

PAGE = 10_000
PAGE_BYTES = 1_048_576
TOKEN = re.compile(r"([fb])/(\d{1,15})/(\d{1,18})\Z")
HEAD, TAIL = Place(-1, 0), Place(ALWAYS, 0)
TOO_SLOW = (
    f"The regular expressions of the filter pattern took {CALL_SECONDS:.0f} s of search, which is all that a call has: "
    "write them without a repetition inside a repetition, or ask for less time or one stream."
)
Parameters = Mapping[str, Any]
Result = dict[str, Any]


class LogEvents:
    """Log events as the clients of CloudWatch Logs see them."""

    def __init__(self, logs: LogStore, directory: LogDirectory, ingestion: Ingestion, clock: Clock) -> None:
        self._stop = threading.Event()
        self._logs = logs
        self._directory = directory
        self._ingestion = ingestion
        self._clock = clock

    def operations(self, scope: Scope) -> Operations:
        """The operations of an account and region."""
        return {
            "PutLogEvents": lambda p: self.put_log_events(scope, p),
            "GetLogEvents": lambda p: self.get_log_events(scope, p),
            "FilterLogEvents": lambda p: self._in_time(lambda: self.filter_log_events(scope, p)),
            "TestMetricFilter": lambda p: self._in_time(lambda: try_metric_filter(p)),
        }

    def stop(self) -> None:
        """Let no pattern go on with its search: the cloud stops."""
        self._stop.set()

    def _in_time(self, call: Callable[[], Result]) -> Result:
        try:
            with budget(CALL_SECONDS, time.monotonic, self._stop.is_set):
                return call()
        except OutOfTimeError:
            raise AwsError("InvalidParameterException", TOO_SLOW) from None

    def group(self, scope: Scope, parameters: Parameters) -> LogGroup:
        """The group that a request names; raises AwsError when there is none."""
        name = group_name(parameters.get("logGroupName") or parameters.get("logGroupIdentifier") or "")
        found = self._directory.group(scope, name) if name else None
        if found is None:
            raise not_found("log group")
        return found

    def put_log_events(self, scope: Scope, parameters: Parameters) -> Result:
        """Take a batch of events in."""
        group = self.group(scope, parameters)
        stream = parameters["logStreamName"]
        if stream not in self._directory.streams(scope, group.name):
            raise not_found("log stream")
        batch = batch_of(parameters["logEvents"], group, int(self._clock.now() * 1000))
        self._ingestion.put(scope, group.name, stream, batch.accepted)
        token = {"nextSequenceToken": f"{int(self._clock.now() * 1e9):056d}"}
        return token | ({"rejectedLogEventsInfo": batch.rejected} if batch.rejected else {})

    def get_log_events(self, scope: Scope, parameters: Parameters) -> Result:
        """A page of one stream, forwards or backwards."""
        group, stream = self.group(scope, parameters), parameters["logStreamName"]
        if stream not in self._directory.streams(scope, group.name):
            raise not_found("log stream")
        end = parameters.get("endTime")  # exclusive here
        wanted = Wanted(parameters.get("startTime", 0), ALWAYS if end is None else end - 1, [stream])
        token = parameters.get("nextToken")
        forward, place = _place(token) if token else (bool(parameters.get("startFromHead")), None)
        found = self._logs.events(scope, group.name, replace(wanted, place=place, backwards=not forward))
        page = list(_page(found, parameters.get("limit") or PAGE))
        page = page if forward else page[::-1]
        first, last = (_edge(page[0]), _edge(page[-1])) if page else (place, place)
        return {
            "events": [_output(event) for event in page],
            "nextForwardToken": _token("f", last or HEAD),
            "nextBackwardToken": _token("b", first or TAIL),
        }

    def filter_log_events(self, scope: Scope, parameters: Parameters) -> Result:
        """A page of the events of a group that match a pattern."""
        group = self.group(scope, parameters)
        pattern = _pattern(parameters.get("filterPattern") or "")
        start, end = parameters.get("startTime", 0), parameters.get("endTime", ALWAYS)
        if start > end:
            raise AwsError("InvalidParameterException", "startTime must be less than or equal to endTime")
        token = parameters.get("nextToken")  # which keeps the direction of the first request
        forward, place = _place(token) if token else (parameters.get("startFromHead", True), None)
        wanted = Wanted(start, end, self._wanted_streams(scope, group, parameters), place, backwards=not forward)
        size = parameters.get("limit") or PAGE
        if not 1 <= size <= PAGE:
            raise AwsError("InvalidParameterException", f"limit must be between 1 and {PAGE}")
        matching = (e for e in self._logs.events(scope, group.name, wanted) if pattern.match(e.message) is not None)
        found = list(_page(matching, size + 1))
        page, more = found[:size], len(found) > size or _bytes(found) > PAGE_BYTES
        result: Result = {"events": [_filtered(event) for event in page], "searchedLogStreams": []}
        return result | ({"nextToken": _token("f" if forward else "b", _edge(page[-1]))} if more and page else {})

    def _wanted_streams(self, scope: Scope, group: LogGroup, parameters: Parameters) -> Sequence[str] | None:
        names, prefix = parameters.get("logStreamNames"), parameters.get("logStreamNamePrefix")
        if names and prefix:
            raise AwsError(
                "InvalidParameterException", "logStreamNames and logStreamNamePrefix cannot both be specified"
            )
        if prefix:
            return [name for name in self._directory.streams(scope, group.name) if name.startswith(prefix)]
        unknown = set(names or ()) - set(self._directory.streams(scope, group.name)) if names else set()
        if unknown:
            raise not_found("log stream")
        return names or None


def try_metric_filter(parameters: Parameters) -> Result:
    """What a pattern makes of some messages."""
    pattern = _pattern(parameters["filterPattern"])
    found = ((n, text, pattern.match(text)) for n, text in enumerate(parameters["logEventMessages"], 1))
    return {
        "matches": [
            {"eventNumber": n, "eventMessage": text, "extractedValues": dict(values)}
            for n, text, values in found
            if values is not None
        ]
    }


def group_name(identifier: str) -> str:
    """The name in a group's name or ARN."""
    return identifier.split(":", 6)[6].removesuffix(":*") if identifier.startswith("arn:") else identifier


def not_found(kind: str) -> AwsError:
    """The error for a group or stream that is not there."""
    return AwsError("ResourceNotFoundException", f"The specified {kind} does not exist.")


def pointer(event: Event) -> str:
    """What Logs Insights calls `@ptr`."""
    return base64.b64encode(f"event/{event.id}".encode()).decode()


def _pattern(text: str) -> LogPattern:
    try:
        return log_pattern(text)
    except PatternError as problem:
        raise AwsError("InvalidParameterException", str(problem)) from None


def _page(events: Iterator[Event], most: int) -> Iterator[Event]:
    size = 0
    for event in islice(events, most):
        yield event
        size += len(event.message)
        if size > PAGE_BYTES:
            return


def _bytes(events: Sequence[Event]) -> int:
    return sum(len(event.message) for event in events)


def _place(token: str) -> tuple[bool, Place]:
    match = TOKEN.match(token)
    if match is None:
        raise AwsError("InvalidParameterException", "The specified nextToken is invalid.")
    place = Place(int(match[2]) - 1, int(match[3]))
    return match[1] == "f", place


def _token(direction: str, place: Place) -> str:
    return f"{direction}/{min(place.timestamp + 1, 10**15 - 1)}/{place.id}"


def _edge(event: Event) -> Place:
    return Place(event.timestamp, event.id)


def _output(event: Event) -> Result:
    return {"timestamp": event.timestamp, "message": event.message, "ingestionTime": event.ingested}


def _filtered(event: Event) -> Result:
    return {**_output(event), "logStreamName": event.stream, "eventId": event.event_id}
