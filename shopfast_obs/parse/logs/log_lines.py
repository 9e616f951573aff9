"""Log lines in text files to events: CloudWatch's exports, `aws logs tail`, `sam logs`, a function's own output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs import platform

_STREAM = r"\d{4}/\d\d/\d\d/\S*\[\S+\][0-9a-f]+"
# `aws logs tail` has the stream after the time, `sam logs` before it, an export and the short form none.
_STAMPED = re.compile(
    rf"(?:({_STREAM})\s+)?(\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{{1,9}})?(?:Z|[+-]\d\d:?\d\d)?)"
    rf"[ \t]+(?:({_STREAM})[ \t]+)?(.*)",
    re.S,
)
# A stream may have any name; Lambda's own line behind a word tells that the word is one.
_NAMED = re.compile(
    r"(?!(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL)\b)(\S+)[ \t]+(?:START|END|REPORT) RequestId: [0-9a-f]{8}-"
)
_LEVELED = re.compile(r"\[(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\][\t ]")
_LEVELS = ("level", "log_level", "levelname", "errorType", "errorMessage", "_aws")
_MILLISECONDS = 1e11  # a time above is none in seconds
_TIMES = ("timestamp", "time", "asctime")


def is_record(value: Mapping[str, Any]) -> bool:
    """True for what a logger or Lambda writes as one JSON object."""
    kind = value.get("type")
    return any(name in value for name in _LEVELS) or (isinstance(kind, str) and kind.startswith("platform."))


def begins(line: str) -> bool:
    """True for a line of text that can only be the first of an event."""
    return bool(_STAMPED.match(line) or _LEVELED.match(line)) or platform.is_platform(line)


class Lines:
    """Puts the lines of one file together to events; one without a time has that of the one before it."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._parts: list[str] = []
        self._stream, self._moment = "", 0.0
        self._named: set[str] = set()  # streams of other names

    def text(self, line: str) -> Iterator[LogEvent]:
        """Take in a line of text; gives the event that it ends."""
        stamped = _STAMPED.match(line)
        if stamped:
            yield from self.rest()
            self._moment = _seconds(stamped[2], self._moment)
            self._stream, said = stamped[1] or stamped[3] or "", stamped[4]
            if not self._stream:
                self._stream, said = self._of_stream(said)
            self._parts = [said]
            return
        if _LEVELED.match(line) or platform.is_platform(line):
            yield from self.rest()
        self._parts.append(line)

    def _of_stream(self, said: str) -> tuple[str, str]:
        """The name of the stream before what is said, once Lambda's own lines have told that it is one."""
        if named := _NAMED.match(said):
            self._named.add(named[1])
        word, _, rest = said.partition(" ")
        return (word, rest) if word in self._named else ("", said)

    def record(self, line: str, value: Mapping[str, Any]) -> Iterator[LogEvent]:
        """Take in a line that is a JSON object; gives the event that it ends, and its own."""
        yield from self.rest()
        said = next((value[name] for name in _TIMES if name in value), "")
        self._moment = _seconds(said, self._moment)
        self._stream, self._parts = "", [line]
        yield from self.rest()

    def rest(self) -> Iterator[LogEvent]:
        """The event that nothing ended."""
        message = "".join(self._parts).rstrip("\r\n")
        self._parts = []
        if message.strip():
            yield LogEvent(self._moment, message, self._group, self._stream)


def _seconds(said: Any, otherwise: float) -> float:  # noqa: ANN401 - a field of anybody's
    if isinstance(said, int | float) and 0 < said < 1e15:
        return said / 1000 if said > _MILLISECONDS else float(said)
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return otherwise
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
