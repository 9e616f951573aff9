"""Failures from logs and traces to groups: the same error is one group, whoever told of it and whatever its ids."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from shopfast_obs.analysis.errors.library_frames import in_app
from shopfast_obs.analysis.text.message_normalisation import parameterised, whatever_kind
from shopfast_obs.model.failures import Failure, FailureKind, Frame
from shopfast_obs.model.records import record

_AWS_CODE = re.compile(r"An error occurred \((\w+)\) when calling the (\w+) operation")
EXEMPLARS = 3
PLACES = 3  # that a group names
SLICES = 24  # of a trend
_Alike = tuple[str, str, str, tuple[Frame, ...], bool, str]


class _Told(NamedTuple):
    """A failure with its trace as far as anybody knows it, and the message that its group will have."""

    failure: Failure
    trace_id: str
    title: str

    @property
    def request(self) -> str:
        """What the failures of one request have in common; empty where nobody names it."""
        return self.trace_id or self.failure.request_id


@record
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


# Their messages are Lambda's, the same for every function: only the place tells them apart.
_OF_PLATFORM = frozenset(("timeout", "out_of_memory", "runtime_exit", "init"))


def error_groups(
    failures: Iterable[Failure], traces: Mapping[str, str] | None = None, guessed: Collection[str] = ()
) -> tuple[ErrorGroup, ...]:
    """The groups of the failures, the most frequent first. `traces` maps request ids to trace ids, so that what a log
    and a trace tell of one request counts once. `guessed` are log groups with the name of their file: the same error in
    two files is one."""
    alike: defaultdict[_Alike, list[_Told]] = defaultdict(list)
    for told in _joined(_once(failures, guessed) if len(guessed) > 1 else failures, traces or {}):
        failure = told.failure
        unplaced = failure.kind not in _OF_PLATFORM and failure.source == "logs" and failure.group in guessed
        alike[failure.kind, failure.type, failure.where, failure.frames, unplaced, told.title].append(told)
    identities = {key: _identity(members[0].failure, key[-1]) for key, members in alike.items()}
    placed = {identity for key, identity in identities.items() if not key[-2]}
    groups: defaultdict[tuple[str, ...], list[_Told]] = defaultdict(list)
    for key, members in alike.items():
        kind, type_, where, *rest = identities[key]
        known = not key[-2] or identities[key] in placed
        groups[kind, type_, where if known else "", *rest].extend(members)
    span = _span(groups.values())
    found = [_group(identity, members, span) for identity, members in groups.items()]
    return tuple(sorted(found, key=lambda group: (-group.count, -group.last, group.fingerprint)))


def _once(failures: Iterable[Failure], guessed: Collection[str]) -> Iterator[Failure]:
    """The failures without those whose line another file had, as two exports of one window have."""
    of: dict[tuple[float, str], str] = {}
    for failure in failures:
        of_file = failure.line and failure.group in guessed and failure.kind not in _OF_PLATFORM
        if not of_file or of.setdefault((failure.timestamp, failure.line), failure.group) == failure.group:
            yield failure


def _joined(failures: Iterable[Failure], traces: Mapping[str, str]) -> Iterable[_Told]:
    """The failures with one for each thing that happened: logs first, because they have the line."""
    ranks: tuple[list[Failure], ...] = ([], [], [], [])
    for failure in failures:
        ranks[_knows_less(failure)].append(failure)
    kept: dict[tuple[object, ...], _Told] = {}
    for number, failure in enumerate(sorted(ranks[0], key=attrgetter("timestamp"))):
        told = _Told(failure, failure.trace_id or traces.get(failure.request_id, ""), _title(failure.message))
        _keep(kept, told, number)
    explained = {part for told in kept.values() for part in _explains(told)} if any(ranks[1:]) else set()
    others = [failure for rank in ranks[1:] for failure in sorted(rank, key=attrgetter("timestamp"))]
    for number, failure in enumerate(others, len(ranks[0])):
        told = _Told(failure, failure.trace_id or traces.get(failure.request_id, ""), _title(failure.message))
        if failure.kind == "server_error" and (told.request, "") in explained:
            continue
        if failure.source == "traces" and (told.request, _short(failure.type)) in explained:
            _complete(kept, told)
            continue
        _keep(kept, told, number)
        explained.update(_explains(told))
    return kept.values()


def _keep(kept: dict[tuple[object, ...], _Told], told: _Told, number: int) -> None:
    """Put it to the others unless one of them is the same failure: of two lines on one that which knows more stays,
    frames, then the first."""
    failure, request = told.failure, told.request
    if not request:
        kept[number,] = told
        return
    key = (request, failure.where, _short(failure.type), told.title, failure.attempt)
    earlier = kept.setdefault(key, told)
    if earlier is not told and failure.frames and not earlier.failure.frames:
        kept[key] = told


def _explains(told: _Told) -> tuple[tuple[str, str], ...]:
    """What a trace needs not tell again: the request's failure of this type, and that it failed."""
    if told.failure.kind == "logged" or not told.request:
        return ()
    return (told.request, _short(told.failure.type)), (told.request, "")


def _knows_less(failure: Failure) -> int:
    return 2 * (failure.source != "logs") + (failure.kind == "server_error")


def _complete(kept: dict[tuple[object, ...], _Told], traced: _Told) -> None:
    """Give what a log told the way that only the trace knows."""
    more = traced.failure
    for attempt in range(4):
        key = (traced.request, more.where, _short(more.type), traced.title, attempt)
        earlier = kept.get(key)
        if earlier is not None:
            failure = earlier.failure._replace(
                way=more.way,
                entry_point=more.entry_point,
                suppressed=more.suppressed,
                detail=earlier.failure.detail or more.detail,
                user=more.user,
            )
            kept[key] = earlier._replace(failure=failure)


def _identity(failure: Failure, title: str) -> tuple[str, ...]:
    frame = in_app(failure.frames) if failure.frames else None
    place = f"{frame[0].rsplit('/', 1)[-1]}:{frame[2]}" if frame and failure.kind == "exception" else ""
    return failure.kind, _short(failure.type), failure.where, place, whatever_kind(title)


def _title(message: str) -> str:
    """The message without what changes; of an AWS error its code and operation, whatever the service says besides."""
    aws = _AWS_CODE.search(message) if "An error occurred (" in message else None
    if aws:
        return f"{aws[1]} when calling {aws[2]}: {parameterised(message[aws.end() :].lstrip(': '))}".rstrip(": ")
    return parameterised(message)


@lru_cache(maxsize=4096)
def _short(name: str) -> str:
    """Tracebacks print the module with the type, Lambda and X-Ray do not."""
    return name if name.startswith(("Runtime.", "Extension.", "Sandbox.")) else name.rpartition(".")[2]


def _span(groups: Iterable[list[_Told]]) -> tuple[float, float]:
    moments = [told.failure.timestamp for members in groups for told in members]
    return (min(moments), max(moments)) if moments else (0.0, 0.0)


def _trend(members: list[Failure], span: tuple[float, float]) -> tuple[int, ...]:
    first, last = span
    if last <= first:
        return (len(members),)
    slices = Counter([int((failure.timestamp - first) / (last - first) * SLICES) for failure in members])
    slices[SLICES - 1] += slices[SLICES]  # the last moment of all belongs to the last slice
    return tuple(slices[number] for number in range(SLICES))


def _group(identity: tuple[str, ...], told: list[_Told], span: tuple[float, float]) -> ErrorGroup:
    told.sort(key=lambda one: one.failure.timestamp)
    members = [one.failure for one in told]
    newest = members[-1]
    telling = next((failure for failure in reversed(members) if failure.way), newest)
    entry_points = Counter([failure.entry_point for failure in members])
    del entry_points[""]
    return ErrorGroup(
        fingerprint=hashlib.sha256("\0".join(identity).encode()).hexdigest()[:12],
        kind=newest.kind,
        type=_short(newest.type),
        message=told[-1].title,
        where=_places(members),
        count=len(members),
        requests=_requests(told),
        suppressed=sum([failure.suppressed for failure in members]),
        first=members[0].timestamp,
        last=newest.timestamp,
        frame=in_app(newest.frames),
        cause=newest.detail,
        way=telling.way,
        entry_points=dict(entry_points.most_common()),
        sources=tuple(sorted({failure.source for failure in members})),
        exemplars=tuple(_exemplars(told)),
        users=len({failure.user for failure in members} - {""}),
        trend=_trend(members, span),
    )


def _places(members: list[Failure]) -> str:
    """Where the failures were: one function, or the files that have them."""
    names = sorted({failure.where for failure in members})
    more = f" and {len(names) - PLACES} more" if len(names) > PLACES else ""
    return ", ".join(names[:PLACES]) + more


def _requests(told: list[_Told]) -> int:
    """Distinct requests; one that nobody names counts as one of its own."""
    known = [one.trace_id or one.failure.request_id for one in told]
    return len(set(known) - {""}) + known.count("")


def _exemplars(told: list[_Told]) -> list[Failure]:
    """The newest of those in the order of time, those with a trace first."""
    traced = list(islice((one for one in reversed(told) if one.trace_id), EXEMPLARS))
    others = islice((one for one in reversed(told) if not one.trace_id), EXEMPLARS - len(traced))
    return [one.failure._replace(trace_id=one.trace_id) for one in (*traced, *others)]
