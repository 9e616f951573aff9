"""In which characters a file is written, and the same content in UTF-8."""

from __future__ import annotations

import codecs
from typing import Literal

Encoding = Literal["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"]
_MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEAST = 0.3  # of the bytes are NUL where text of Latin letters is in UTF-16
_CONTROL = 0.1  # of the bytes of what is no text
_SEEN = 4096
_CONTROLS = bytes([*range(8), *range(14, 27), *range(28, 32), 127])
FALLBACK = "of-windows"  # the name of what decodes the bytes of a text that are no UTF-8


def encoding_of(head: bytes) -> Encoding | None:
    """The encoding of the text that begins with these bytes; None for what is no text."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    part = head[:_SEEN]
    if not part:
        return "utf-8"
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if part[start::2].count(0) > len(part) * _LEAST and not part[1 - start :: 2].count(0):
            return encoding
    controls = len(part) - len(part.translate(None, _CONTROLS))
    return None if controls > len(part) * _CONTROL else "utf-8"


def text_of(content: bytes, encoding: str) -> str:
    """The text, without its byte order mark. What is no UTF-8 in a text of UTF-8 is taken for a letter of Windows."""
    if encoding.startswith("utf-8"):
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8", FALLBACK)
    return content[: len(content) // 2 * 2].decode(encoding, "replace").removeprefix("\ufeff")


def in_utf8(content: bytes) -> bytes:
    """The content of a file of text in UTF-8, without a mark; the same bytes where they are that already."""
    encoding = encoding_of(content[:_SEEN])
    if encoding in (None, "utf-8", "utf-8-sig"):
        bare = content.removeprefix(codecs.BOM_UTF8)
        try:
            bare.decode("utf-8") if not bare.isascii() else None
        except UnicodeDecodeError:
            return bare if encoding is None else text_of(bare, "utf-8").encode()
        return bare
    return text_of(content, encoding).encode("utf-8", "replace")


def _of_windows(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    return problem.object[problem.start : problem.end].decode("cp1252", "replace"), problem.end


codecs.register_error(FALLBACK, _of_windows)
