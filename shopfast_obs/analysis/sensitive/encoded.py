"""Secrets behind an encoding: base64, percent signs, escapes of JSON and HTML."""

from __future__ import annotations

import binascii
import zlib
from collections.abc import Callable, Iterator

from shopfast_obs.analysis.sensitive.personal import KINDS as PERSONAL
from shopfast_obs.analysis.sensitive.values import is_random
from shopfast_obs.patterns import late

Span = tuple[int, int, str]
GZIP = b"\x1f\x8b"
UNPACKED = 262_144  # characters that are looked at of what is compressed
DEEPEST = 3  # encodings within each other
_RUN = late(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_]{20}[A-Za-z0-9+/_-]{0,262144}={0,2}")
_PARTS = late(
    r"%([0-9A-Fa-f]{2})|\\{1,8}u00([0-9A-Fa-f]{2})|\\{1,8}x([0-9A-Fa-f]{2})|&(quot|amp|lt|gt|apos|#0?39|#34|#x27|#x22);"
)
_ENTITIES = {
    "quot": '"',
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "apos": "'",
    "#39": "'",
    "#039": "'",
    "#34": '"',
    "#x27": "'",
    "#x22": '"',
}
_SIGNS = ("%2", "%3", "%7", "%5", "%4", "\\u00", "\\x", "&quot;", "&amp;", "&#", "&lt;")
_USER = late(r"[\w.@+-]{2,64}:([^\s:/]{6,200})\Z")
_URLSAFE = str.maketrans("-_", "+/")

DiagnosisInput = Callable[[str, int], list[Span]]


def spans(text: str, depth: int, look: DiagnosisInput, *, long: bool) -> Iterator[Span]:
    """Where something stands that decodes to a text in which `look` finds a secret."""
    if depth >= DEEPEST:
        return
    if ("%" in text or "\\" in text or "&" in text) and any(sign in text for sign in _SIGNS):
        yield from _escaped(text, depth, look)
    for match in _RUN.finditer(text) if long else ():
        inner = _decoded(match[0])
        if inner and _holds(inner, depth, look):
            yield match.start(), match.end(), "encoded secret"


def is_packed(run: str) -> bool:
    """True when some part of a run is text in base64."""
    return any(_decoded(match[0]) for match in _RUN.finditer(run))


def _escaped(text: str, depth: int, look: DiagnosisInput) -> Iterator[Span]:
    """Spans of the decoded text, moved to where they are in the encoded one."""
    plain: list[str] = []
    places: list[int] = []
    at = 0
    for match in _PARTS.finditer(text):
        plain.append(text[at : match.start()])
        places.extend(range(at, match.start()))
        code = match[1] or match[2] or match[3]
        plain.append(chr(int(code, 16)) if code else _ENTITIES[match[4]])
        places.append(match.start())
        at = match.end()
    if not places:
        return
    plain.append(text[at:])
    places.extend(range(at, len(text) + 1))
    for start, end, kind in look("".join(plain), depth + 1):
        yield places[start], places[end], kind


def _decoded(run: str) -> str:
    """The text that base64 of it is, or nothing."""
    body = run.rstrip("=").translate(_URLSAFE)
    try:
        head = binascii.a2b_base64(body[:20])
        if head[:2] == GZIP:
            packed = binascii.a2b_base64(body + "=" * (-len(body) % 4))
            return zlib.decompressobj(wbits=31).decompress(packed, UNPACKED).decode("utf-8", "replace")
        if (
            not head.isascii()
            or not head.replace(b"\n", b"").replace(b"\r", b"").replace(b"\t", b"").decode().isprintable()
        ):
            return ""
        return binascii.a2b_base64(body + "=" * (-len(body) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, zlib.error):
        return ""


def _holds(inner: str, depth: int, look: DiagnosisInput) -> bool:
    pair = _USER.match(inner.strip())
    if pair and is_random(pair[1]):
        return True
    return any(kind not in PERSONAL for _, _, kind in look(inner, depth + 1))
