"""Log lines in text files to events: CloudWatch's exports, `aws logs tail`, `sam logs`, `awslogs`, `sls logs`, what the
console shows, what containers print, a function's own output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import log_times, platform

_STREAM = r"\d{4}/\d\d/\d\d/\S*\[\S+\][0-9a-f]+"
# `aws logs tail` has the stream after the time, `sam logs` before it, `awslogs` the group before both, an export and
# the short form none; the console has a mark before the time and, copied, a bar behind it.
_STAMPED = re.compile(
    rf"(?:[▶▼]\s*)?(?:(/\S+)[ \t]+)?(?:({_STREAM})\s+)?\[?({log_times.TIME})\]?"
    rf"(?:[ \t]*\|[ \t]|[ \t,]+|[ \t]*$)(?:({_STREAM})[ \t]+)?(.*)",
    re.S,
)
# `awslogs` gives no time unless it is asked for.
_OF_STREAM = re.compile(rf"(?:(/\S+)[ \t]+)?({_STREAM})[ \t]+(.*)", re.S)
# A stream may have any name; Lambda's own line behind a word tells that the word is one.
_NAMED = re.compile(
    r"(?!(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL)\b)(\S+)[ \t]+(?:START|END|REPORT) RequestId: [0-9a-f]{8}-"
)
_LEVELED = re.compile(
    r"\[(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\][\t ](?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.,]\d{3}Z)\t)?"
)
# Node.js writes the time itself: without it the line would be another.
_OF_NODE = re.compile(r"([0-9a-f]{8}-[0-9a-f-]{27}|undefined)\t(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t")
_OF_PYTHON = re.compile(r"([0-9a-f]{8}-[0-9a-f-]{27})\t(\[(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\])\t+")  # by `sls logs`
_CONTAINER = re.compile(r"([\w.-]++) +\| ")
_OF_CONTAINER = re.compile(r"\A(?:stdout|stderr) [FP] ")  # of a container in Kubernetes
_COLOUR = re.compile(r"\x1b\[[0-9;:?]*[A-Za-z]")
_LEVELS = ("level", "log_level", "levelname", "severity", "errorType", "errorMessage", "_aws")
_SAID = ("message", "msg", "@message", "log")
_EARLY = 10_000  # events before the first time that wait for it


def is_record(value: Mapping[str, Any]) -> bool:
    """True for what a logger or Lambda writes as one JSON object."""
    kind = value.get("type")
    if any(name in value for name in _LEVELS) or (isinstance(kind, str) and kind.startswith("platform.")):
        return True
    return any(name in value for name in _SAID) and any(name in value for name in log_times.KEYS)


def begins(line: str) -> bool:
    """True for a line of text that can only be the first of an event."""
    line = line.lstrip("\t")
    if _STAMPED.match(line) or _LEVELED.match(line) or platform.is_platform(line) or _OF_STREAM.match(line):
        return True
    held = _CONTAINER.match(line)
    return held is not None and begins(line[held.end() :])


def names_a_failure(line: str) -> bool:
    """True for a line that tells of a failure without being the first of an event."""
    return line.startswith("Traceback (most recent call last)") or "Task timed out after" in line


def uncoloured(text: str) -> str:
    """The text without the colours of a terminal."""
    return _COLOUR.sub("", text) if "\x1b" in text else text


class Lines:
    """Puts the lines of one file together to events; one without a time has that of the one before it, and those before
    the first time have that. `stream` is that of a file of one."""

    def __init__(self, group: str, stream: str = "") -> None:
        self.group, self.stream = group, stream
        self._parts: list[str] = []
        self._at = (group, stream)
        self._moment, self._timed = 0.0, False
        self._alone = False  # what is held is a line of Lambda's without a time, which has no second one
        self._named: set[str] = set()  # streams of other names
        self._containers: set[str] = set()
        self._early: list[LogEvent] = []

    def text(self, line: str) -> Iterator[LogEvent]:
        """Take in a line of text; gives the events that it ends."""
        if "\x1b" in line:
            line = uncoloured(line)
        if not line[:1].isdigit():  # a time or a stream of Lambda's
            line = self._bare(line)
        stamped = _STAMPED.match(line)
        if stamped:
            group, before, time, behind, said = stamped.groups()
            if time[20:29].isdigit():  # nanoseconds: containers write a time before each line
                said = _OF_CONTAINER.sub("", line[stamped.end(3) + 1 :])
                if self._goes_on(said):
                    self._parts.append(said)
                    return
            if self._parts:
                yield from self._ended()
            self._moment = log_times.seconds(time, self._moment)
            self._timed = self._timed or self._moment > 0
            stream = before or behind
            if not stream:
                stream, said = self._of_stream(said)
            if said[36:37] == "\t" or said.startswith("undefined\t"):
                said = self._timed_line(said)
            self._parts, self._alone = [said], False
            self._at = (group or self.group, stream or self.stream)
            return
        apart = _OF_STREAM.match(line)
        if apart:
            yield from self._ended()
            self._own_time(apart[3])
            self._hold(apart[3], apart[1] or "", apart[2])
            return
        whose = line.startswith("XRAY TraceId") and bool(self._parts)  # the second line of a report
        first = bool(_LEVELED.match(line)) or (platform.is_platform(line) and not whose)
        if first or (self._alone and not whose and line.strip()):
            yield from self._ended()
            self._own_time(line)
            self._alone = platform.is_platform(line)
        self._parts.append(line)

    def text_at(self, line: str, time: Any) -> Iterator[LogEvent]:  # noqa: ANN401 - a field of anybody's
        """The same of a line whose time stands beside it."""
        yield from self.text(line)
        if not self._parts or self._parts[-1] is line:
            self._stamp(log_times.seconds(time, self._moment))

    def _bare(self, line: str) -> str:
        """The line without what `docker compose` writes before it, and without the tab of the aws command's text."""
        held = _CONTAINER.match(line)
        if held and (held[1] in self._containers or begins(line[held.end() :])):
            self._containers.add(held[1])
            return line[held.end() :]
        return line.lstrip("\t") if line.startswith("\t") and begins(line) else line

    def _timed_line(self, said: str) -> str:
        """The line of a logger of which the time was taken for that of a tool."""
        if _OF_NODE.match(said):
            return f"{log_times.iso(self._moment)}\t{said}"
        own = _OF_PYTHON.match(said)
        return f"{own[2]}\t{log_times.iso(self._moment)}\t{own[1]}\t{said[own.end() :]}" if own else said

    def _goes_on(self, said: str) -> bool:
        """True for a line of a traceback, which has the time of its own that containers give to every line."""
        if not self._parts:
            return False
        inner = said[:1] in (" ", "\t") or said.startswith("Traceback (most recent call last)")
        return inner or (self._parts[-1].startswith(" ") and not begins(said))

    def _stamp(self, moment: float) -> None:
        self._moment, self._timed = moment, self._timed or moment > 0

    def _own_time(self, said: str) -> None:
        """The time within a line that has none before it."""
        leveled = _LEVELED.match(said)
        if leveled and leveled[1]:
            self._stamp(log_times.seconds(leveled[1], self._moment))
        elif said.startswith("{"):
            self._stamp(log_times.of_record(_object(said), self._moment))
        elif inner := _STAMPED.match(said):
            self._stamp(log_times.seconds(inner[3], self._moment))

    def _hold(self, said: str, group: str, stream: str) -> None:
        self._parts, self._alone = [said], False
        self._at = (group or self.group, stream or self.stream)

    def _of_stream(self, said: str) -> tuple[str, str]:
        """The name of the stream before what is said, once Lambda's own lines have told that it is one."""
        if named := _NAMED.match(said):
            self._named.add(named[1])
        word, _, rest = said.partition(" ")
        return (word, rest) if word in self._named else ("", said)

    def record(self, line: str, value: Mapping[str, Any]) -> Iterator[LogEvent]:
        """Take in a line that is a JSON object; gives the events that it ends, and its own."""
        yield from self._ended()
        self._stamp(log_times.of_record(value, self._moment))
        self._hold(line, "", "")
        yield from self._ended()

    def rest(self) -> Iterator[LogEvent]:
        """The event that nothing ended, and those of a file without any time."""
        yield from self._ended()
        yield from self._early
        self._early = []

    def _ended(self) -> Iterator[LogEvent]:
        message = "".join(self._parts).rstrip("\r\n")
        self._parts, self._alone = [], False
        if not message.strip():
            return
        event = LogEvent(self._moment, message, *self._at)
        if not self._timed and len(self._early) < _EARLY:
            self._early.append(event)
            return
        for early in self._early:
            yield replace(early, timestamp=self._moment)
        self._early = []
        yield event


def _object(said: str) -> Mapping[str, Any]:
    try:
        value = orjson.loads(said)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}
