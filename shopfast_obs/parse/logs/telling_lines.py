"""The events of a text log that can change what is told of its failures: of the others, which are nearly all, only what
they say is counted. A request that went well leaves nothing in the reader of failures, so it is not shown to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import log_lines, log_times, platform, powertools
from shopfast_obs.parse.logs.excerpts import UnclearError
from shopfast_obs.parse.logs.failures import may_fail
from shopfast_obs.parse.logs.stream_state import LAST_WORDS
from shopfast_obs.parse.saved import encodings

BLOCK = 1 << 20
Heard = Callable[[str, str, str], None]  # group, level, message
_STAMP = re.compile(
    rb"(\d{4}-[01]\d-[0-3]\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(Z|[+-]\d\d:?\d\d)?[ \t]++(?![|,]|UTC|\(?[+-]\d\d)"
)
_NAMES_A_STREAM = re.compile(rb"\S+[ \t]+(?:START|END|REPORT) RequestId: ")
_STREAM = re.compile(rb"\d{4}/\d\d/\d\d/\S*\[\S+\][0-9a-f]+")
_VERSION = re.compile(r"\[([^\]]*)\]")
_OF_NODE = re.compile(rb"(?:[0-9a-f]{8}-[0-9a-f-]{27}|undefined)\t")
_START, _END, _REPORT, _INIT = "START RequestId: ", "END RequestId: ", "REPORT RequestId: ", "INIT_START"
_SILENT = ("EXTENSION\tName:", "TELEMETRY\tName:", "LOGS\tName:", "XRAY TraceId")
_OTHERS = ("INIT_REPORT", "RESTORE_", "START RequestId:", "END RequestId:", "REPORT RequestId:")
_PLATFORM = "SERITLX{"  # what a line of Lambda begins with
_ID = 36  # characters of a request id
_Held = tuple[bytes, str]  # time and message


@dataclass(slots=True)
class _Stream:
    """What was not given of a stream: the request that is served, or the last; `shown` while everything is given, and
    `over` when the report was given with which that may end."""

    name: str
    version: str
    held: list[_Held] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)  # of the lines that are held
    said: bool = False  # the last that is held is a line of the function
    shown: bool = False
    over: bool = False


class TellingLines:
    """Gives the events of a file, in its order, that tell of a failure, with the requests that they are of; what the
    functions say is given to `heard`, that an environment begins to `began`. Raises UnclearError where only all events
    tell: a file that is not in the order of time, or has lines of other forms."""

    def __init__(self, group: str, file: BinaryIO, heard: Heard, began: Callable[[LogEvent], None]) -> None:
        self.count = 0
        self._group, self._file, self._heard, self._began = group, file, heard, began
        self._streams: dict[bytes, _Stream] = {}
        self._zone: bytes | None = None
        self._unseen: set[int] = set()  # hashes of the ids of requests that were not given
        self._seen: set[str] = set()
        self._sizes: set[str] = set()
        self._versions: set[str] = set()

    def require_seen(self, requests: Iterable[str]) -> None:
        """Raise UnclearError when events of one of these requests were not given."""
        if any(hash(request) in self._unseen for request in requests if request):
            raise UnclearError

    def __iter__(self) -> Iterator[LogEvent]:
        for stamp, stream, message in self._messages():
            self.count += 1
            if given := self._taken(stamp, stream, message):
                yield from given
        if len(self._sizes) > 1 or len(self._versions) > 1:
            raise UnclearError  # when that changed all reports tell
        for stream in self._streams.values():
            self._forget(stream)

    def _messages(self) -> Iterator[tuple[bytes, _Stream, str]]:
        """The events, each with all its lines."""
        stamp, stream, said = b"", self._stream(b""), b""
        match, streams = _STAMP.match, self._streams
        for line in self._lines():
            found = match(line)
            if found is None:
                self._require_continued(line, began=bool(stamp))
                said += b"\n" + line
                continue
            if (message := said.decode("utf-8", encodings.FALLBACK).rstrip("\r\n")) and not message.isspace():
                yield stamp, stream, message
            before, (stamp, zone) = stamp, found.groups()
            if not before:
                self._zone = zone
            elif zone != self._zone or ((before > stamp or len(before) != len(stamp)) and not _in_order(before, stamp)):
                raise UnclearError
            end = found.end()
            word = line[end : line.find(b" ", end)]
            known = streams.get(word)
            if known is None:
                stream, said = self._first_of(line[end:])
            else:
                stream, said = known, line[end + len(word) :].lstrip(b" \t")
        if (message := said.decode("utf-8", encodings.FALLBACK).rstrip("\r\n")) and not message.isspace():
            yield stamp, stream, message

    def _lines(self) -> Iterator[bytes]:
        self._file.seek(0)
        rest = b""
        while block := self._file.read(BLOCK):
            if b"\x1b" in block:
                raise UnclearError
            *lines, rest = (rest + block).split(b"\n")
            yield from lines
        yield rest

    def _first_of(self, said: bytes) -> tuple[_Stream, bytes]:
        """The stream of a line that names a new one, or none."""
        named = _STREAM.match(said)
        if named and said[named.end() : named.end() + 1] in (b" ", b"\t"):
            return self._stream(named[0]), said[named.end() :].lstrip(b" \t")
        if _OF_NODE.match(said) or _NAMES_A_STREAM.match(said):
            raise UnclearError
        return self._streams[b""], said

    def _stream(self, name: bytes) -> _Stream:
        text = name.decode("utf-8", encodings.FALLBACK)
        version = _VERSION.search(text)
        return self._streams.setdefault(name, _Stream(text, version[1] if version else ""))

    def _require_continued(self, line: bytes, *, began: bool) -> None:
        """Raise UnclearError for a line that is an event without a time, or something else."""
        text = line.decode("utf-8", encodings.FALLBACK)
        if not text.strip():
            return
        if not began:
            raise UnclearError
        if text.startswith("XRAY TraceId"):
            return
        if text.startswith(("{", "[", "/", "\t", "▶", "▼")) or " | " in text or log_lines.begins(text):
            raise UnclearError

    def _taken(self, stamp: bytes, stream: _Stream, message: str) -> Sequence[LogEvent]:
        """What is given once this came."""
        if message[0] not in _PLATFORM:
            return self._said(stamp, stream, message)
        for mark, taken in ((_START, self._started), (_REPORT, self._reported), (_END, self._ended)):
            if message.startswith(mark):
                return taken(stamp, stream, message)
        if message.startswith(_INIT):
            self._began(self._event(stamp, stream, message))
        elif message.startswith(_OTHERS) or (message.startswith("{") and '"platform.' in message):
            return self._unclear_or_shown(stamp, stream, message)
        elif not message.startswith(_SILENT):
            return self._said(stamp, stream, message)
        return ()

    def _started(self, stamp: bytes, stream: _Stream, message: str) -> Sequence[LogEvent]:
        request = message[len(_START) : len(_START) + _ID]
        if (stream.shown and not stream.over) or request in self._seen or not _is_id(request):
            return self._shown(stamp, stream, message)
        self._forget(stream)
        stream.held, stream.requests = [(stamp, message)], [request]
        stream.shown = stream.over = stream.said = False
        return ()

    def _ended(self, stamp: bytes, stream: _Stream, message: str) -> Sequence[LogEvent]:
        return self._shown(stamp, stream, message) if stream.shown else self._kept(stamp, stream, message)

    def _reported(self, stamp: bytes, stream: _Stream, message: str) -> Sequence[LogEvent]:
        request, whole = message[len(_REPORT) : len(_REPORT) + _ID], "Duration: " in message
        self._sizes.add(message.partition("Memory Size: ")[2].partition(" ")[0])
        self._versions.add(stream.version)
        went_well = whole and "Status:" not in message and _is_id(request)
        if went_well and not stream.shown and request not in self._seen:
            if request not in stream.requests:
                stream.requests.append(request)
            return self._kept(stamp, stream, message)
        given = self._shown(stamp, stream, message)
        stream.over = whole
        return given

    def _unclear_or_shown(self, stamp: bytes, stream: _Stream, message: str) -> Sequence[LogEvent]:
        if not platform.is_platform(message):
            return self._said(stamp, stream, message)
        if message.startswith("{"):
            raise UnclearError
        return self._shown(stamp, stream, message)

    def _said(self, stamp: bytes, stream: _Stream, message: str) -> Sequence[LogEvent]:
        try:
            self._heard(self._group, *powertools.heading(message))
        except Exception:
            raise UnclearError from None  # a defect, which is counted where all lines are read
        if stream.shown or may_fail(message) or message.startswith(LAST_WORDS):
            return self._shown(stamp, stream, message)
        if stream.said:
            stream.held[-1] = (stamp, message)  # of two lines only the last is one before a failure
            return ()
        self._kept(stamp, stream, message)
        stream.said = True
        return ()

    def _kept(self, stamp: bytes, stream: _Stream, message: str) -> Sequence[LogEvent]:
        stream.held.append((stamp, message))
        stream.said = False
        return ()

    def _shown(self, stamp: bytes, stream: _Stream, message: str) -> Sequence[LogEvent]:
        """What is held of the stream, and this."""
        held, stream.held = [*stream.held, (stamp, message)], []
        stream.shown, stream.over, stream.said = True, False, False
        self._seen.update(stream.requests, _requests(message))
        stream.requests = []
        return [self._event(at, stream, said) for at, said in held]

    def _forget(self, stream: _Stream) -> None:
        self._unseen.update(map(hash, stream.requests))
        stream.held, stream.requests = [], []

    def _event(self, stamp: bytes, stream: _Stream, message: str) -> LogEvent:
        return LogEvent(log_times.seconds(stamp.decode() + self._of_zone(), 0.0), message, self._group, stream.name)

    def _of_zone(self) -> str:
        return self._zone.decode() if self._zone else ""


def _requests(message: str) -> tuple[str, ...]:
    return (message.partition("RequestId: ")[2][:_ID],) if message.startswith((_START, _REPORT)) else ()


def _is_id(text: str) -> bool:
    return len(text) == _ID and text[8] == text[13] == text[18] == text[23] == "-"


def _in_order(before: bytes, stamp: bytes) -> bool:
    return len(before) != len(stamp) and log_times.seconds(before.decode(), 0.0) <= log_times.seconds(
        stamp.decode(), 0.0
    )
