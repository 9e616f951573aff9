"""Exceptions in log lines, and how Python prints them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from shopfast_obs.patterns import late

_TYPE_NAME = late(r"(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*")
_FRAME = late(r'File "([^"]+)", line ([0-9]{1,9}), in ([^\n]+)')


class LoggedException(NamedTuple):
    """An exception in a log line: `stack` has (path, line, function), outermost first as Python prints it. `fatal` is
    one that ended its process."""

    type: str
    message: str
    stack: tuple[tuple[str, int, str], ...] = ()
    fatal: bool = False


def exception(traceback: str) -> LoggedException | None:
    """The exception at the end of a printed Python traceback, or None; of a chain the last, the one that was raised."""
    last = traceback.rfind('File "')
    if last < 0:
        return None
    end = traceback.find("\n", last) + 1 or len(traceback)
    stack = frames(traceback[:end])
    if not stack:
        return None
    while end < len(traceback):  # the line of code, marks below it, notes of a group: the type begins a line
        line, _, more = traceback[end:].partition("\n")
        kind, _, said = line.rstrip("\r").partition(": ")
        if _is_type(kind):
            return LoggedException(kind, f"{said}\n{more}".strip(), stack)
        end += len(line) + 1
    return None


@lru_cache(maxsize=1024)
def _is_type(name: str) -> bool:
    return _TYPE_NAME.fullmatch(name) is not None


@lru_cache(maxsize=1024)  # the same error has the same frames, whatever its message
def frames(traceback: str) -> tuple[tuple[str, int, str], ...]:
    """The frames of the last traceback of a chain."""
    last = traceback.rpartition("Traceback (most recent call last)")[2]
    return tuple((path, int(line), label.strip()) for path, line, label in _FRAME.findall(last))
