"""The events of a large log of text lines that a search can need: found by bytes, only lines around hits are parsed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import log_files
from shopfast_obs.parse.read_problems import Unread
from shopfast_obs.parse.saved import encodings
from shopfast_obs.parse.saved.forms import Form, form_of

MOST = 2_000  # places that are looked at one by one; for more the whole file is read
BLOCK = 1 << 19
_FURTHEST = 1 << 24  # bytes back to a line that has a time
_SAMPLES = 256  # lines by which the order of a file is told
_LINE = 1 << 13
_STREAM = rb"\d{4}/\d\d/\d\d/\S*\[\S+\][0-9a-f]+"
_TIMED = re.compile(rb"(?:" + _STREAM + rb"[ \t]+)?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
_OF_CONTAINER = re.compile(rb"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}", re.M)  # a time before each line of a traceback
_OF_LAMBDA = re.compile(_STREAM.decode())
_STARTS, _ENDS = "START RequestId:", "REPORT RequestId:"
_RECORDS = ('"platform.start"', '"platform.report"')
_MARKS = tuple(mark.encode() for mark in (_STARTS, _ENDS, *_RECORDS))


def is_clear(head: bytes) -> bool:
    """True for the beginning of a file of lines of which parts can tell: the first one has a time of its own."""
    told = form_of(head)
    if told.form not in (Form.LINES, Form.JSON_LINES) or told.encoding != "utf-8" or _OF_CONTAINER.search(head):
        return False
    first = next((line for line in head.splitlines(keepends=True) if line.strip()), b"")
    if not first.startswith(b"{"):
        return b"\x1b" not in head and _TIMED.match(first) is not None
    unread = Unread("")
    events = list(log_files.lines("", first, unread))
    return len(events) == 1 and not unread.total and events[0].timestamp > 0


class UnclearError(Exception):
    """Only the whole file tells which lines belong together."""


class Excerpts:
    """Parts of one file, kept so that whatever is searched for in them has the lines of its requests: each goes from
    the line of Lambda that tells what a stream served, to that which ends it. Raises UnclearError for a file of which
    parts do not tell: one that is not in the order of time, without times, with JSON records of Lambda."""

    def __init__(self, name: str, file: BinaryIO, block: int = BLOCK) -> None:
        self._name, self._file, self._block = name, file, block
        self._size = file.seek(0, 2)
        self._searched = (0, self._size)
        self._kept: list[tuple[int, int]] = []
        self._known: dict[str, list[tuple[int, int]]] = {}  # parts by the stream whose requests they hold
        self._unmarked: dict[str, int] = {}  # before which a stream has no line of Lambda
        self._records = self._read(0, 1) == b"{"
        self._require_order(self._samples())

    def only(self, start: float, end: float) -> None:
        """Begin anew, and search only where events of this time are."""
        self._kept, self._known = [], {}
        first, last = self._bounds(lambda moment: moment >= start)[0], self._bounds(lambda moment: moment > end)[1]
        self._searched = (first, last)

    def _bounds(self, reached: Callable[[float], bool]) -> tuple[int, int]:
        """Between which bytes the first event lies with such a time."""
        low, high = 0, self._size
        while high - low > self._block // 8:
            middle = (low + high) // 2
            start = self._event_end(self._line_end(middle))
            if start >= high or reached(self._event(start)[1].timestamp):
                high = middle
            else:
                low = start
        return low, self._event_end(self._line_end(high))

    def keep(self, text: bytes, context: int = 0) -> bool:
        """Keep what belongs to each line with these bytes, and so many lines of the stream around it; True when there
        is one."""
        number = 0
        for number, place in enumerate(self._places(text), 1):
            if number > MOST or (self._records and self._mark_before(self._size, "")):
                raise UnclearError
            self._keep(place, context)
        return number > 0

    def events(self) -> list[LogEvent]:
        """The events of the parts, as they stand in the file."""
        found: list[LogEvent] = []
        end = 0
        for start, stop in _merged(self._kept):
            found += self._parsed(start, stop)
            end = stop
        if any(event.stream and not _OF_LAMBDA.fullmatch(event.stream) for event in found):
            raise UnclearError  # what its name is the lines before tell
        self._require_order(found)
        return found if end else []

    def _require_order(self, events: Iterable[LogEvent]) -> None:
        last: dict[str, float] = {}
        for event in events:
            if event.timestamp < last.get(event.stream, 0.0):
                raise UnclearError
            last[event.stream] = event.timestamp

    def _samples(self) -> Iterator[LogEvent]:
        for number in range(_SAMPLES if self._size > _SAMPLES * _LINE else 0):
            place = self._size // _SAMPLES * number
            for line in self._read(place, place + _LINE).split(b"\n")[1:-1]:
                if _TIMED.match(line):
                    yield from self._events_of(line)
                    break

    def _places(self, text: bytes) -> Iterator[int]:
        """Where the bytes stand, the first of each line."""
        step, past = self._block, 0  # past the line of the last one
        for start in range(*self._searched, step):
            block = self._read(start, start + step + len(text) - 1)
            at = block.find(text, max(0, past - start))
            while at >= 0:
                yield start + at
                past = self._line_end(start + at)
                at = block.find(text, past - start)

    def _keep(self, place: int, context: int) -> None:
        start, event = self._event(place)
        end = self._line_end(place)
        if not context and any(begin <= place < stop for begin, stop in self._known.get(event.stream, ())):
            return
        if context:
            start, end = self._widened(start, end, event.stream, context)
        before = self._mark_before(start, event.stream)
        begin = before[0] if before else start
        serving = bool(before and before[1])
        for _, serving in self._marks(start, end, event.stream):  # noqa: B007 - the last one counts
            pass
        if serving:
            ending = next(self._marks(end, self._size, event.stream), None)
            end = self._line_end(ending[0]) if ending else self._size
        part = (begin, self._event_end(end))
        self._kept.append(part)
        # What a report that it begins with belongs to, the lines before it tell.
        settled = self._line_end(begin) if before and not before[1] else begin
        self._known.setdefault(event.stream, []).append((settled, part[1]))

    def _widened(self, start: int, end: int, stream: str, lines: int) -> tuple[int, int]:
        """With so many lines of the stream on both sides."""
        begin, step = start, _LINE
        while begin and self._count(begin, start, stream) < lines:
            begin, step = self._timed(max(0, begin - step)), step * 2
        stop, step = end, _LINE
        while stop < self._size and self._count(end, stop, stream) < lines:
            stop, step = self._event_end(min(self._size, stop + step)), step * 2
        return begin, stop

    def _count(self, start: int, end: int, stream: str) -> int:
        return sum(event.stream == stream for event in self._parsed(start, end))

    def _mark_before(self, place: int, stream: str) -> tuple[int, bool] | None:
        """The line of Lambda before it that tells what the stream served, and whether that began with it."""
        end, lowest = place, self._unmarked.get(stream, 0)
        while end > lowest:
            begin = max(lowest, end - self._block)
            found = list(self._marks(begin, end, stream))
            if found:
                return found[-1]
            end = begin
        self._unmarked[stream] = max(lowest, place)
        return None

    def _marks(self, start: int, end: int, stream: str) -> Iterator[tuple[int, bool]]:
        """The lines from there to there with which a request begins or ends in the stream."""
        name = stream.encode()
        longest = max(map(len, _MARKS))
        while start < end:
            stop = min(end, start + self._block)
            begin = self._line_start(start)
            block = self._read(begin, stop + longest)
            for at in _found(block, start - begin, stop - begin):
                line = block[block.rfind(b"\n", 0, at) + 1 : at]
                if name and name not in line and _TIMED.match(line):
                    continue
                place, event = self._event(begin + at)
                if event.stream == stream and (starts := _served(event)) is not None:
                    yield place, starts
            start = stop

    def _event(self, place: int) -> tuple[int, LogEvent]:
        """The event there, and where the line begins that has its time."""
        start = self._timed(place)
        found = self._parsed(start, self._line_end(place))
        if not found:
            raise UnclearError
        return start, found[-1]

    def _timed(self, place: int) -> int:
        """Where the last line with a time of its own begins that is not after the place."""
        start = self._line_start(place)
        while not self._has_time(start):
            if not start or place - start > _FURTHEST:
                raise UnclearError
            start = self._line_start(start - 1)
        return start

    def _has_time(self, start: int) -> bool:
        if _TIMED.match(self._read(start, start + 300)):
            return True
        if self._read(start, start + 1) != b"{":
            return False
        return any(event.timestamp > 0 for event in self._parsed(start, self._line_end(start)))

    def _event_end(self, end: int) -> int:
        """The end of the event, of which a line ends there: where the next line with a time begins."""
        while end < self._size and not self._has_time(end):
            end = self._line_end(end)
        return end

    def _line_start(self, place: int) -> int:
        end = place
        while end > 0:
            begin = max(0, end - _LINE)
            at = self._read(begin, end).rfind(b"\n")
            if at >= 0:
                return begin + at + 1
            end = begin
        return 0

    def _line_end(self, place: int) -> int:
        """Where the next line begins."""
        while place < self._size:
            part = self._read(place, place + _LINE)
            at = part.find(b"\n")
            if at >= 0:
                return place + at + 1
            place += len(part)
        return self._size

    def _read(self, start: int, end: int) -> bytes:
        self._file.seek(start)
        return self._file.read(end - start)

    def _parsed(self, start: int, end: int) -> list[LogEvent]:
        return self._events_of(self._read(start, end))

    def _events_of(self, content: bytes) -> list[LogEvent]:
        unread = Unread(self._name)
        found = list(log_files.lines(self._name, encodings.text_of(content, "utf-8").encode(), unread))
        if unread.total:
            raise UnclearError  # events of the Logs API, which have streams of their own
        return found


def _found(block: bytes, start: int, end: int) -> list[int]:
    places = []
    for mark in _MARKS:
        at = block.find(mark, start)
        while 0 <= at < end:
            places.append(at)
            at = block.find(mark, at + 1)
    return sorted(places)


def _served(event: LogEvent) -> bool | None:
    """Whether a request begins with the event; None where neither one begins nor one ends."""
    if any(record in event.message for record in _RECORDS):
        raise UnclearError  # of several requests at once
    if event.message.startswith(_STARTS):
        return True
    return False if event.message.startswith(_ENDS) else None


def _merged(parts: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    begin = stop = 0
    for start, end in sorted(parts):
        if start > stop:
            if stop > begin:
                yield begin, stop
            begin, stop = start, end
        stop = max(stop, end)
    if stop > begin:
        yield begin, stop
