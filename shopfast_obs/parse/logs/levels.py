"""The level of a log line in the words that the rest of the program knows, whichever logger wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from shopfast_obs.patterns import late

_KEYS = ("level", "log_level", "levelname", "severity", "log.level", "@l", "lvl", "loglevel")
_WORDS = {
    "FATAL": "CRITICAL", "PANIC": "CRITICAL", "CRIT": "CRITICAL", "ALERT": "CRITICAL", "EMERGENCY": "CRITICAL",
    "DPANIC": "CRITICAL", "SEVERE": "ERROR", "FAIL": "ERROR", "ERR": "ERROR", "EROR": "ERROR",
}  # fmt: skip
_NUMBERS = {10: "TRACE", 20: "DEBUG", 30: "INFO", 40: "WARN", 50: "ERROR", 60: "CRITICAL"}  # of pino and bunyan
_LEVEL = r"TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE"
_DOTNET = r"fail|crit|info|warn|dbug|trce"
_ID = r"(?:[0-9a-f]{8}-[0-9a-f-]{27}|undefined)"
_STAMP = r"[\[(]?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d\S*"
# A time or a request id, up to three words more (a thread, a logger), the level, and marks before the text.
_STAMPED = late(
    rf"(?:[A-Z], )?(?:{_STAMP}|{_ID})(?:\s+(?!\[?(?:{_LEVEL}|{_DOTNET})\b)\S+){{0,3}}\s+"
    rf"[\[(]?(?P<level>{_LEVEL}|(?<=\t)(?:{_DOTNET})(?=\t))\b[\])]?:?[ \t]*"
    r"(?:(?:--|-|\|)[ \t]+)?(?::[ \t])?(?P<said>.*)",
    re.S,
)
_ALONE = late(
    r"(?:\[(?P<bracketed>ERROR|FATAL|CRITICAL|SEVERE|[Ee]rror|[Ff]atal|[Cc]ritical)\]"
    r"|(?P<level>ERROR|FATAL|CRITICAL|SEVERE)(?::|(?=\s)))\s*(?P<said>.*)",
    re.S,
)
_LOGFMT = late(r'(?:^|\s)(?:level|lvl)="?(?P<level>[A-Za-z]+)\b')
_LOGFMT_SAID = late(r'(?:^|\s)(?:msg|message)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>\S+))')


class Leveled(NamedTuple):
    """The level of a line of text, empty where it tells none, and what it says."""

    level: str
    said: str


def of_fields(value: Mapping[str, Any]) -> str:
    """The level of a JSON line; empty where it has none."""
    for key in _KEYS:
        found = value.get(key)
        if found.__class__ is str:
            return named(found)
        if found.__class__ is int and key == "level":
            return _NUMBERS.get(found, "")
    return ""


def of_text(line: str) -> Leveled:
    """The level of a line of text; the first that is named, where one is named at its beginning."""
    found = _STAMPED.match(line)
    if found:
        return Leveled(named(found["level"]), found["said"])
    found = _ALONE.match(line)
    if found:
        return Leveled(named(found["bracketed"] or found["level"]), found["said"])
    if ("level=" in line or "lvl=" in line) and (found := _LOGFMT.search(line)):
        said = _LOGFMT_SAID.search(line)
        return Leveled(named(found["level"]), (said["quoted"] or said["bare"] or "") if said else line)
    return Leveled("", line)


def named(word: str) -> str:
    """The level of a word."""
    word = word.upper()
    return _WORDS.get(word, word)
