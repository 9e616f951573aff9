"""Stack traces in the text of an exception event to frames, whichever language wrote them."""

from __future__ import annotations

import re

Frame = tuple[str, int, str]  # path, line, label
MOST = 100  # frames of one exception
MOST_TEXT = 100_000  # characters that are looked at
_PYTHON = re.compile(r'^ *File "([^"\n]{1,500})", line (\d{1,9})(?:, in ([^\n]{1,200}))?$', re.MULTILINE)
# Node: `at place (file:line:column)` or `at file:line:column`; Java: `at place(File.java:line)`; .NET: `at place in
# file:line 7`
_AT = re.compile(r"^\s*at ([^\n]{1,500})$", re.MULTILINE)
_PLACE = re.compile(r"(?P<label>.*?) ?\((?P<path>[^()]*?)(?::(?P<line>\d{1,9}))?(?::\d{1,9})?\)")
_DOTNET = re.compile(r"(?P<label>.*) in (?P<path>.*):line (?P<line>\d{1,9})")
_BARE = re.compile(r"(?P<label>)(?P<path>.*?):(?P<line>\d{1,9})(?::\d{1,9})?")
_GO = re.compile(
    r"^(?P<label>\S[^\n]{0,500}?)(?:\([^\n()]*\))?\n\t(?P<path>[^\n:]{1,500}\.go):(?P<line>\d{1,9})", re.MULTILINE
)
_RUBY = re.compile(
    r"^\s*(?:from )?(?P<path>[^\n:]{1,500}):(?P<line>\d{1,9}):in [`'](?P<label>[^\n]{1,200}?)'", re.MULTILINE
)
_PHP = re.compile(r"^#\d+ (?P<path>[^\n(]{1,500})\((?P<line>\d{1,9})\): (?P<label>[^\n(]{0,200})", re.MULTILINE)


def frames(text: str) -> tuple[Frame, ...]:
    """The frames of a stack trace, innermost first as X-Ray has them; nothing where no form fits."""
    text = text[-MOST_TEXT:] if "Traceback (most recent call last)" in text else text[:MOST_TEXT]
    last = text.rpartition("Traceback (most recent call last)")[2]  # what was raised last is what the event is about
    found = [(path, int(line), label or "") for path, line, label in _PYTHON.findall(last)]
    if found:
        return tuple(reversed(found))[:MOST]
    found = [frame for line in _AT.findall(text) if (frame := _at(line))]
    if not found:
        matches = next((some for form in (_GO, _RUBY, _PHP) if (some := list(form.finditer(text)))), [])
        found = [(match["path"], int(match["line"]), match["label"]) for match in matches]
    return tuple(found[:MOST])


def _at(line: str) -> Frame | None:
    for form in (_DOTNET, _PLACE, _BARE):
        match = form.fullmatch(line.strip().removesuffix(" {"))  # Node prints the fields of an error after it
        if match:  # without a line, what stands between the brackets are parameters
            line, label = match["line"], match["label"].removeprefix("async ")
            return (match["path"], int(line), label) if line else ("", 0, label)
    return None
