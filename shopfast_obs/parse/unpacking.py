"""Packed files within bounds: a small archive can hold more than any memory."""

from __future__ import annotations

import bz2
import lzma
import zlib

GZIP = b"\x1f\x8b"
_STEP = 1 << 20
_OTHERS: tuple[tuple[bytes, type[bz2.BZ2Decompressor] | type[lzma.LZMADecompressor]], ...] = (
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\x00", lzma.LZMADecompressor),
)
_RATIO = 1032  # the most that deflate makes of a byte


class TooLargeError(ValueError):
    """It holds more than it may."""


def unpacked(content: bytes, most: int) -> tuple[bytes, bool]:
    """What a gzip file holds, all members of it, and whether it is whole: of one that is cut off comes what is there.
    Raises TooLargeError, and zlib.error for what is no gzip from the start."""
    if len(content) * _RATIO > most and _length(content, most) > most:
        raise TooLargeError
    parts: list[bytes] = []
    rest = content
    while rest.startswith(GZIP):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            parts.append(unpacker.decompress(rest))
        except zlib.error:
            if not parts:
                raise
            return b"".join(parts), False
        if not unpacker.eof:
            return b"".join(parts), False
        rest = unpacker.unused_data.lstrip(b"\0")
    return b"".join(parts), True


def unpacked_otherwise(content: bytes, most: int) -> tuple[bytes, bool] | None:
    """The same of bzip2 and xz; None for anything else."""
    make = next((make for mark, make in _OTHERS if content.startswith(mark)), None)
    if make is None:
        return None
    parts: list[bytes] = []
    total, rest = 0, content
    try:
        while rest:
            unpacker = make()
            while not unpacker.eof and (rest or not unpacker.needs_input):
                parts.append(unpacker.decompress(rest, _STEP))
                rest, total = b"", total + len(parts[-1])
                if total > most:
                    raise TooLargeError
            if not unpacker.eof:
                return b"".join(parts), False
            rest = unpacker.unused_data
    except (OSError, lzma.LZMAError, EOFError):
        return b"".join(parts), False
    return b"".join(parts), True


def _length(content: bytes, most: int) -> int:
    """How much it holds, counted until it is more than that; nothing is kept."""
    total, rest = 0, content
    while rest.startswith(GZIP) and total <= most:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            while rest and not unpacker.eof and total <= most:
                total += len(unpacker.decompress(rest, _STEP))
                rest = unpacker.unconsumed_tail
        except zlib.error:
            return total
        rest = unpacker.unused_data.lstrip(b"\0") if unpacker.eof else b""
    return total
