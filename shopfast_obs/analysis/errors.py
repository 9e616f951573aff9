"""Failures from logs and traces to groups: the same error is one group, whoever told of it and whatever its ids."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from operator import attrgetter

from shopfast_obs.analysis.tokens import parameterised
from shopfast_obs.model.failures import Failure, FailureKind, Frame

# Where the code of libraries and of Lambda itself lies.
_LIBRARY = re.compile(r"site-packages|dist-packages|^/var/(?:runtime|lang)/|^/opt/|/lib/python3|^<frozen")
_AWS_CODE = re.compile(r"An error occurred \((\w+)\) when calling the (\w+) operation")
EXEMPLARS = 3
SLICES = 24  # of a trend
_Titled = tuple[str, Failure]  # with the message that the group will have: finding it out is what costs


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """One error. `fingerprint` is stable over windows; `requests` are distinct requests or traces, `users` distinct
    users, `suppressed` those whose customer got a good answer; `frame` is the innermost of the application's own;
    `exemplars` are the newest; `trend` counts in slices of the time from the first failure of all groups to the
    last."""

    fingerprint: str
    kind: FailureKind
    type: str
    message: str
    where: str
    count: int
    requests: int
    suppressed: int
    first: float
    last: float
    frame: Frame | None
    cause: str
    way: tuple[str, ...]
    entry_points: Mapping[str, int]
    sources: tuple[str, ...]
    exemplars: tuple[Failure, ...]
    users: int = 0
    trend: tuple[int, ...] = ()


def error_groups(failures: Iterable[Failure], traces: Mapping[str, str] | None = None) -> tuple[ErrorGroup, ...]:
    """The groups of the failures, the most frequent first. `traces` maps request ids to trace ids, so that what a log
    and a trace tell of one request counts once."""
    groups: defaultdict[tuple[str, ...], list[Failure]] = defaultdict(list)
    for title, failure in _joined(failures, traces or {}):
        groups[_identity(failure, title)].append(failure)
    span = _span(groups.values())
    found = [_group(identity, members, span) for identity, members in groups.items()]
    return tuple(sorted(found, key=lambda group: (-group.count, -group.last, group.fingerprint)))


def in_app(frames: Sequence[Frame]) -> Frame | None:
    """The innermost frame of the application's own code, or None."""
    return next((frame for frame in reversed(frames) if not _of_library(frame[0])), None)


@lru_cache(maxsize=4096)
def _of_library(path: str) -> bool:
    return _LIBRARY.search(path) is not None


def _joined(failures: Iterable[Failure], traces: Mapping[str, str]) -> list[_Titled]:
    """The failures with one for each thing that happened: logs first, because they have the line."""
    kept: dict[tuple[object, ...], _Titled] = {}
    explained: set[tuple[str, str]] = set()
    number = 0
    for failure in sorted(sorted(failures, key=attrgetter("timestamp")), key=_knows_less):
        trace_id = failure.trace_id or traces.get(failure.request_id, "")
        request = trace_id or failure.request_id
        told = failure._replace(trace_id=trace_id) if trace_id != failure.trace_id else failure
        title = _title(failure)
        number += 1
        if not request:
            kept["unknown", number] = title, told
            continue
        if failure.kind == "server_error" and (request, "") in explained:
            continue
        short = _short(failure.type)
        if failure.source == "traces" and (request, short) in explained:
            _complete(kept, (request, failure.where, short, title), told)
            continue
        key = (request, failure.where, short, title, failure.attempt)
        earlier = kept.get(key)
        # Of two lines on the same failure the one that knows more: frames, then the first.
        if earlier is None or (told.frames and not earlier[1].frames):
            kept[key] = title, told
        if failure.kind != "logged":
            explained.add((request, short))
            explained.add((request, ""))
    return list(kept.values())


def _knows_less(failure: Failure) -> int:
    return 2 * (failure.source != "logs") + (failure.kind == "server_error")


def _complete(kept: dict[tuple[object, ...], _Titled], same: tuple[str, ...], told: Failure) -> None:
    """Give what a log told the way that only the trace knows."""
    for attempt in range(4):
        earlier = kept.get((*same, attempt))
        if earlier is not None:
            title, failure = earlier
            detail = failure.detail or told.detail
            kept[*same, attempt] = (
                title,
                failure._replace(
                    way=told.way,
                    entry_point=told.entry_point,
                    suppressed=told.suppressed,
                    detail=detail,
                    user=told.user,
                ),
            )


def _identity(failure: Failure, title: str) -> tuple[str, ...]:
    frame = in_app(failure.frames) if failure.frames else None
    place = f"{frame[0].rsplit('/', 1)[-1]}:{frame[2]}" if frame and failure.kind == "exception" else ""
    return failure.kind, _short(failure.type), failure.where, place, title


def _title(failure: Failure) -> str:
    """The message without what changes; of an AWS error its code and operation, whatever the service says besides."""
    aws = _AWS_CODE.search(failure.message) if "An error occurred (" in failure.message else None
    if aws:
        return f"{aws[1]} when calling {aws[2]}: {parameterised(failure.message[aws.end() :].lstrip(': '))}".rstrip(
            ": "
        )
    return parameterised(failure.message)


def _short(name: str) -> str:
    """Tracebacks print the module with the type, Lambda and X-Ray do not."""
    return name if name.startswith("Runtime.") else name.rpartition(".")[2]


def _span(groups: Iterable[list[Failure]]) -> tuple[float, float]:
    moments = [failure.timestamp for members in groups for failure in members]
    return (min(moments), max(moments)) if moments else (0.0, 0.0)


def _trend(members: list[Failure], span: tuple[float, float]) -> tuple[int, ...]:
    first, last = span
    if last <= first:
        return (len(members),)
    counts = [0] * SLICES
    for failure in members:
        counts[min(SLICES - 1, int((failure.timestamp - first) / (last - first) * SLICES))] += 1
    return tuple(counts)


def _group(identity: tuple[str, ...], members: list[Failure], span: tuple[float, float]) -> ErrorGroup:
    members.sort(key=attrgetter("timestamp"))
    newest = members[-1]
    told = next((failure for failure in reversed(members) if failure.way), newest)
    return ErrorGroup(
        fingerprint=hashlib.sha256("\0".join(identity).encode()).hexdigest()[:12],
        kind=newest.kind,
        type=_short(newest.type),
        message=identity[-1],
        where=newest.where,
        count=len(members),
        requests=_requests(members),
        suppressed=sum(failure.suppressed for failure in members),
        first=members[0].timestamp,
        last=newest.timestamp,
        frame=in_app(newest.frames),
        cause=newest.detail,
        way=told.way,
        entry_points=dict(Counter(failure.entry_point for failure in members if failure.entry_point).most_common()),
        sources=tuple(sorted({failure.source for failure in members})),
        exemplars=tuple(_exemplars(members)),
        users=len({failure.user for failure in members} - {""}),
        trend=_trend(members, span),
    )


def _requests(members: list[Failure]) -> int:
    """Distinct requests; one that nobody names counts as one of its own."""
    known = [failure.trace_id or failure.request_id for failure in members]
    return len(set(known) - {""}) + known.count("")


def _exemplars(members: list[Failure]) -> list[Failure]:
    """The newest of members in the order of time, those with a trace first."""
    traced = list(islice((failure for failure in reversed(members) if failure.trace_id), EXEMPLARS))
    others = islice((failure for failure in reversed(members) if not failure.trace_id), EXEMPLARS - len(traced))
    return [*traced, *others]
