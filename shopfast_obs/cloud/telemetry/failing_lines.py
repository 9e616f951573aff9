"""The lines that failures are read from, by queries of Logs Insights: those that tell of one, and of their requests
where each began and was reported. What is read from these is what would be read from all lines."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter, itemgetter
from typing import TypeVar

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.interface import FAILURE_SCANS, FailingLines, LogVolume
from shopfast_obs.cloud.telemetry import failure_queries, insights
from shopfast_obs.cloud.telemetry.failure_queries import Lookup, Nameless
from shopfast_obs.model.telemetry import LogEvent, TimeRange
from shopfast_obs.parse.logs import failure_signs, platform, powertools
from shopfast_obs.parse.logs.failures import failures

LINES = 100_000  # of failures that are fetched
LOOKUPS = 20  # queries of each kind for the requests
T = TypeVar("T")
_HEX = frozenset("0123456789abcdefABCDEF")


def failing_lines(
    calls: Calls, volumes: Sequence[LogVolume], window: TimeRange, sleep: Callable[[float], None] = time.sleep
) -> FailingLines:
    """The lines of these groups; raises RefusedError when no query may be asked."""
    return _Search(calls, volumes, window, sleep).found()


def holding_lines(  # noqa: PLR0917 - what is looked for, and where
    calls: Calls,
    volumes: Sequence[LogVolume],
    window: TimeRange,
    text: str,
    most: int,
    sleep: Callable[[float], None] = time.sleep,
) -> FailingLines:
    """The newest lines of these groups with the text, and what had to be scanned for them; raises RefusedError."""
    return _Search(calls, volumes, window, sleep).holding(text, most)


@dataclass
class _Search:
    calls: Calls
    volumes: Sequence[LogVolume]
    window: TimeRange
    sleep: Callable[[float], None]
    scanned: int = 0
    bytes: int = 0
    notes: list[str] = field(default_factory=list)

    def found(self) -> FailingLines:
        parts = list(_together(self.volumes))
        answers = self.calls.each(lambda part: self._asked(part, failure_queries.failing(), LINES // len(parts)), parts)
        matched, rows = sum(one.matched for one in answers), sum(len(one.rows) for one in answers)
        self.scanned = sum(one.scanned for one in answers)
        if rows < matched:
            told = f"the newest {rows:,} of {matched:,} lines that may tell of failures; counts are of those"
            self.notes.append(f"sampled: {told}")
        failing = [one for answer in answers for one in insights.events(answer, self.window) if _fails(one)]
        del answers
        requests, nameless = _requests(failing)
        after = partial(failure_queries.reports_after, start=self.window.start)
        reports = self._looked_up(self._of_one_class(nameless, attrgetter("group"), after), "what request failed")
        for group, request in _following(nameless, reports):
            requests[group].add(request)
        began = self._of_one_class(
            requests.items(), itemgetter(0), lambda some: failure_queries.of_requests(dict(some))
        )
        of_requests = self._looked_up(began, "when requests began")
        context = [one for one in of_requests if platform.request_id(one.message) in requests[one.group]]
        exits = [_place(one) for one in failing if failure_signs.EXIT in one.message]
        before = partial(failure_queries.lines_before, start=self.window.start)
        context += self._looked_up(self._of_one_class(exits, attrgetter("group"), before), "what processes said last")
        known = set(map(_key, failing))
        others = {_key(one): one for one in context if _key(one) not in known}
        events = sorted((*failing, *others.values()), key=_order)
        return FailingLines(tuple(events), len(failing), self.scanned, self.bytes, tuple(self.notes))

    def holding(self, text: str, most: int) -> FailingLines:
        parts = list(_together(self.volumes))
        answers = self.calls.each(lambda part: self._asked(part, failure_queries.holding(text), most), parts)
        lines = sorted((one for answer in answers for one in insights.events(answer, self.window)), key=_order)
        matched = sum(one.matched for one in answers)
        if len(lines) > most:
            lines = sorted(sorted(lines, key=attrgetter("timestamp"))[-most:], key=_order)
        if matched > most:
            self.notes.append(f"sampled: the newest {len(lines):,} of {matched:,} lines with it")
        scanned = sum(one.scanned for one in answers)
        return FailingLines(tuple(lines), len(lines), scanned, self.bytes, tuple(self.notes))

    def _of_one_class(
        self, items: Iterable[T], group: Callable[[T], str], lookups: Callable[[list[T]], Iterator[Lookup]]
    ) -> Iterator[Lookup]:
        """The queries for items, for those of each class of groups by themselves: no query takes two."""
        classes = {volume.group: volume.log_class for volume in self.volumes}
        by_class: defaultdict[str, list[T]] = defaultdict(list)
        for item in items:
            by_class[classes.get(group(item), "")].append(item)
        for some in by_class.values():
            yield from lookups(some)

    def _looked_up(self, lookups: Iterable[Lookup], what: str) -> list[LogEvent]:
        """The lines that the queries find, as far as they scan no more than was said that they would."""
        sizes = {volume.group: volume.bytes for volume in self.volumes}
        room = FAILURE_SCANS * sum(sizes.values())
        chosen: list[Lookup] = []
        asked = list(lookups)
        for lookup in asked:
            room -= sum(sizes.get(group, 0) for group in lookup.groups)
            if len(chosen) == LOOKUPS or room < self.bytes:
                break
            chosen.append(lookup)
        if len(chosen) < len(asked):
            self.notes.append(
                f"sampled: {what} was looked up in {len(chosen)} of {len(asked)} queries; "
                "a failure that several lines tell of may count more than once"
            )
        answers = self.calls.each(lambda one: self._asked(one.groups, one.text, insights.MOST), chosen)
        if any(answer.cut for answer in answers):
            self.notes.append(f"sampled: {what} was told by more lines than a query gives")
        return [one for answer in answers for one in insights.events(answer, self.window)]

    def _asked(self, groups: Sequence[str], text: str, most: int) -> insights.Answer:
        found = insights.answer(self.calls, groups, self.window, text, most, self.sleep)
        self.bytes += found.bytes
        return found


def _together(volumes: Sequence[LogVolume]) -> Iterator[list[str]]:
    """The groups of each query: of one class, fifty at most."""
    by_class: defaultdict[str, list[str]] = defaultdict(list)
    for volume in volumes:
        by_class[volume.log_class].append(volume.group)
    for groups in by_class.values():
        for start in range(0, len(groups), insights.TOGETHER):
            yield groups[start : start + insights.TOGETHER]


def _requests(failing: Iterable[LogEvent]) -> tuple[defaultdict[str, set[str]], list[Nameless]]:
    """The requests that the lines name, by group, and the lines that name none."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    nameless: list[Nameless] = []
    for one in failing:
        request = platform.request_id(one.message) or powertools.record(one.message).request_id
        if not request:
            nameless.append(_place(one))
        elif _HEX.issuperset(request[: failure_queries.PREFIX]):
            named[one.group].add(request)
    return named, nameless


def _fails(event: LogEvent) -> bool:
    """Whether the line tells of a failure by itself: many a line has the word error in it."""
    return bool(failures((event,)).failures)


def _key(event: LogEvent) -> tuple[str, str, float, str]:
    return event.group, event.stream, event.timestamp, event.message


def _place(event: LogEvent) -> Nameless:
    return Nameless(event.group, event.stream, event.timestamp)


def _following(nameless: Iterable[Nameless], reports: Iterable[LogEvent]) -> Iterator[tuple[str, str]]:
    """The request that the first beginning or report after each line in its stream is of."""
    by_stream: defaultdict[tuple[str, str], list[LogEvent]] = defaultdict(list)
    for report in reports:
        by_stream[report.group, report.stream].append(report)
    for line in nameless:
        after = (one for one in by_stream[line.group, line.stream] if one.timestamp >= line.timestamp)
        first = next(after, None)
        request = platform.request_id(first.message) if first else ""
        if request:
            yield line.group, request


def _order(event: LogEvent) -> tuple[str, float, int]:
    """By group and time; of one millisecond the beginning of a request first and its end last, which no query says."""
    if platform.started(event.message):
        return event.group, event.timestamp, 0
    return event.group, event.timestamp, 2 if any(text in event.message for text in failure_signs.REPORTS) else 1
