"""The values of a file of JSON: one document, one a line, or many that follow one another, whatever is between."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from shopfast_obs.parse.read_problems import Unread
from shopfast_obs.parse.traces.document_size import WHAT_TO_DO, too_many_values

_SOMETHING = re.compile(rb"\S")
_NEXT = re.compile(r"^[ \t]*(?=[{\[])", re.M)
_BETWEEN = re.compile(r"[\s,\]}]*")
_MANY = 20  # lines of a file that is no JSON at all; nobody reads more of them


def values(name: str, content: bytes, problems: list[str]) -> Iterator[Any]:
    """The values, in order. What is not JSON between them, and the end of a file that stops in the middle, is counted
    in a sentence that is added to `problems`."""
    if _one_a_line(content):
        yield from _lines(name, content, problems)
        return
    if too_many_values(content):
        problems.append(f"{name}: too large to be read: {WHAT_TO_DO}")
        return
    try:
        yield orjson.loads(content)
    except orjson.JSONDecodeError:
        yield from _following(name, content, problems)


def _lines(name: str, content: bytes, problems: list[str]) -> Iterator[Any]:
    unread, good = Unread(name), 0
    for number, line in enumerate(io.BytesIO(content), 1):  # a line at a time: splitting would hold the file twice
        if not line.strip():
            continue
        unread.read()
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as problem:
            if not unread.problem and good and _goes_on(content, line):  # documents of several lines among the others
                yield from _following(name, content[_place(content, number) :], problems)
                return
            unread.add("not JSON", f"line {number}: {problem}")
            if unread.total > _MANY and not good:
                break
            continue
        good += 1
        yield value
    if unread.problem:
        problems.append(unread.problem)


def _goes_on(content: bytes, line: bytes) -> bool:
    return line.rstrip() in (b"{", b"[") and b"\n}" in content


def _place(content: bytes, number: int) -> int:
    place = 0
    for _ in range(number - 1):
        place = content.index(b"\n", place) + 1
    return place


def _following(name: str, content: bytes, problems: list[str]) -> Iterator[Any]:
    """The documents of a file in which they follow one another, as calls of the aws command do that append to it. Of
    one that is cut off at its start or its end come the objects within it that are whole."""
    text, decoder = content.decode("utf-8", "replace"), json.JSONDecoder()
    unread, place = Unread(name, "parts"), 0
    while place < len(text):
        space = _BETWEEN.match(text, place)
        place = space.end() if space else place
        if place >= len(text):
            break
        unread.read()
        try:
            if text[place] not in "{[":
                raise ValueError("no JSON")
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as problem:
            if text[place] in "{[":
                unread.add("JSON that is cut off or broken", text[place : place + 40])
                place += 1
            else:
                unread.add("not JSON", text[place : place + 40].partition("\n")[0])
            following = _NEXT.search(text, place)
            if following is None or isinstance(problem, RecursionError):
                break
            place = following.end()
            continue
        yield value
    if unread.problem:
        problems.append(unread.problem)


def _one_a_line(content: bytes) -> bool:
    """True when the first of several lines is a document of its own."""
    end = content.find(b"\n")
    if end == -1 or not _SOMETHING.search(content, end):  # looked at where it lies: the rest may be most of the memory
        return False
    try:
        orjson.loads(content[:end])
    except orjson.JSONDecodeError:
        return False
    return True
