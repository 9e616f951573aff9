"""A message without what changes from call to call: ids, times, numbers, as AWS and its SDKs write them."""

from __future__ import annotations

import re
from functools import lru_cache

from shopfast_obs.analysis.sensitive import masked
from shopfast_obs.analysis.text.random_ids import SHORTEST, is_id

_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
# The order matters: what is tried first wins at a place. Trying is what costs, so that most places are left at once:
# inside a word, and before a word that holds neither a digit nor an @ and begins like nothing that may stay.
_TOKENS = re.compile(
    rf"""
    \((?P<answered>[45]\d\d)\)
  | (?<!\w)(?=\S*[\d@]|arn:|[scHeE])(?:
    (?P<trace>\b1-[0-9a-f]{{8}}-[0-9a-f]{{24}}\b)
  | (?P<arn>\barn:aws[\w-]*:[^\s"'<>,;)\]]+)
  | (?P<uuid>\b{_UUID}\b)
  | (?P<time>\b\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|\s?[+-]\d\d:?\d\d)?)?)
  | (?P<email>\b[\w.+-]+@[\w-]+\.[\w.-]+\b)
  | (?P<ip>\b\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?::\d+)?\b)
  | (?P<kept>\b(?:status(?:\scode)?|statusCode|code|HTTP(?:/[\d.]+)?|errno|Errno|exit\sstatus|signal)["']?[\s:=(]+
      [1-9]\d{{0,2}}\b(?![.\d]))
  | (?P<address>\b0x[0-9a-fA-F]+\b)
  | (?P<base64>(?<![\w+/])(?=[A-Za-z0-9+/]*\d)(?=[A-Za-z0-9+/]*[A-Z])[A-Za-z0-9+/]{{32,}}={{0,2}})
  | (?P<word>\b(?=[\w-]*[A-Za-z_])[\w-]*\d[\w-]*)
  | (?P<number>(?<![\w.])-?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?))
  | (?P<letters>(?<![A-Za-z\d])[A-Za-z]{{{SHORTEST},}}(?![A-Za-z\d]))
    """,
    re.VERBOSE,
)
_TIME_AFTER_DATE = re.compile(r"-\d\d \d\d:")
_INNER_UUID = re.compile(_UUID)
_PARTS = re.compile(r"([-_])")
_RUN = re.compile(r"\d+")
_NAME = re.compile(r"(?![0-9a-f]{8})[A-Za-z]+\d{1,2}[a-z]?|sha\d{1,3}|base64")  # S3, v2, p99, utf8: names, not ids
_ID = re.compile(
    r"\d[A-Za-z]+\d|[A-Za-z]\d+[A-Za-z]+\d|^(?=.*\d)[A-Z0-9]{10,}$|^(?=.*\d)[0-9a-f]{8,}$|^(?=.*\d)(?=.*[a-f])[0-9a-f]{6,}$"
)
_PLACEHOLDERS = {"number": "<n>", "address": "<hex>", "base64": "<id>"}


# The patterns look behind each character of a word again: one of 20,000 brackets would take seconds.
LONGEST, LONGEST_WORD = 10_000, 1_000


@lru_cache(maxsize=4096)
def parameterised(message: str) -> str:
    """The message with `<uuid>`, `<n>`, ... for what changes; words, statuses, error codes and resource names stay."""
    message = message[:LONGEST]
    if "\n" in message or "\r" in message:  # on one line a secret that needs its line breaks would be found no more
        message = masked(message)
    words = message.split()
    if len(message) > LONGEST_WORD:
        words = [w if len(w) <= LONGEST_WORD else f"{w[:LONGEST_WORD]}…" for w in words]
    if _reaches_over_spaces(message):
        return _TOKENS.sub(_replaced, " ".join(words))
    return " ".join(["<n>" if w.isdecimal() else _alone(w) for w in words])  # each word is by itself


@lru_cache(maxsize=16384)  # most words of a log come again; ids do not, and push out only each other
def _alone(word: str) -> str:
    return _TOKENS.sub(_replaced, word)


def whatever_kind(text: str) -> str:
    """The text of `parameterised` with one placeholder for numbers and ids: of random ids some have digits alone."""
    return text.replace("<n>", "<id>")


def _reaches_over_spaces(message: str) -> bool:
    """True when it may hold a token of several words: a date with its time, a status with what says that it is one."""
    return (
        "status" in message
        or "code" in message
        or "HTTP" in message
        or "rrno" in message
        or "exit" in message
        or "signal" in message
        or ("-" in message and _TIME_AFTER_DATE.search(message) is not None)
    )


def _replaced(found: re.Match[str]) -> str:
    kind, text = found.lastgroup or "", found[0]
    if kind in ("kept", "answered"):
        return text
    if kind == "arn":
        return _arn(text)
    if kind == "word":
        return _word(text)
    if kind == "letters":
        return "<id>" if is_id(text) else text
    return _PLACEHOLDERS.get(kind, f"<{kind}>")


def _arn(arn: str) -> str:
    """Service and resource stay, because another table is another error; region, account and ids go."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return "<arn>"
    tail = "" if parts[5][-1:] not in (".", ":") else parts[5][-1]
    resource = parts[5][: len(parts[5]) - len(tail)]
    return f"arn:{parts[2]}:{parameterised(resource) if resource else ''}{tail}"


def _word(word: str) -> str:
    """A word with digits in it, part by part: letters and digits in turn are an id, a number in a name is a number."""
    if _NAME.fullmatch(word):
        return word
    bare = _INNER_UUID.sub("<uuid>", word) if len(word) >= 36 else word
    parts = _PARTS.split(bare)  # with what is between them
    parts[::2] = [_part(part) for part in parts[::2]]
    return "".join(parts)


def _part(part: str) -> str:
    if part == "<uuid>" or _NAME.fullmatch(part):
        return part
    return "<id>" if len(part) >= 6 and (_ID.search(part) or is_id(part)) else _RUN.sub("<n>", part)
