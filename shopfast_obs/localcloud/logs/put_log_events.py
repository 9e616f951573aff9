"""PutLogEvents: what CloudWatch Logs accepts of a batch, and what it rejects of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from shopfast_obs.localcloud.interface import LogGroup
from shopfast_obs.localcloud.logs.ingestion import OVERHEAD
from shopfast_obs.localcloud.protocol.wire import AwsError

MAX_EVENTS = 10_000
MAX_BATCH = 1_048_576  # bytes, with the overhead of each event
MAX_SPAN = 86_400_000  # milliseconds between the first and the last event
PAST, FUTURE = 14 * 86_400_000, 2 * 3_600_000
DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Batch:
    """The events of a request that are stored, and where those begin and end that are not."""

    accepted: Sequence[tuple[int, str]]
    rejected: Mapping[str, int]


def batch_of(listed: Sequence[Mapping[str, Any]], group: LogGroup, now: int) -> Batch:
    """The events of a request, all of them looked at; raises AwsError for a batch that is refused whole."""
    events = [(int(event["timestamp"]), str(event["message"])) for event in listed]
    _check(events)
    expired = now - (group.retention_days or 0) * DAY if group.retention_days else 0
    old = sum(time < now - PAST for time, _ in events)
    gone = sum(time < expired for time, _ in events)
    new = sum(time > now + FUTURE for time, _ in events)
    rejected = {"tooOldLogEventEndIndex": old, "expiredLogEventEndIndex": gone if gone > old else 0}
    found = {name: count for name, count in rejected.items() if count}
    found |= {"tooNewLogEventStartIndex": len(events) - new} if new else {}
    return Batch(events[max(old, gone) : len(events) - new], found)


def _check(events: Sequence[tuple[int, str]]) -> None:
    if len(events) > MAX_EVENTS:
        raise _refused(
            f"1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length "
            f"less than or equal to {MAX_EVENTS}"
        )
    size = sum(len(message.encode("utf-8", "replace")) + OVERHEAD for _, message in events)
    if size > MAX_BATCH:
        raise _refused(f"Upload too large: {size} bytes exceeds limit of {MAX_BATCH}")
    if any(not message for _, message in events):
        raise _refused(
            "1 validation error detected: Value '' at 'logEvents.member.message' failed to satisfy constraint: Member "
            "must have length greater than or equal to 1"
        )
    if any(earlier[0] > later[0] for earlier, later in pairwise(events)):
        raise _refused("Log events in a single PutLogEvents request must be in chronological order.")
    if events and events[-1][0] - events[0][0] > MAX_SPAN:
        raise _refused("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
