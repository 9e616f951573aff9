"""Recorded evidence as bytes and back: what the rules were given to read, checked against the model."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from typing import Any

from shopfast_obs.errors import UserError
from shopfast_obs.model.recording import Recording
from shopfast_obs.model.telemetry import Segment
from shopfast_obs.parse.unpacking import GZIP, TooLargeError, unpacked

_MISSING = object()
FORMAT = "shopfast-obs evidence"
VERSION = 1
HINT = "Make it: shopfast-obs diagnose --save-evidence FILE"
MOST_BYTES = 500_000_000  # unpacked; a small archive can hold more than any memory


def write(recordings: Sequence[Recording]) -> bytes:
    """The recordings as compressed JSON; the same bytes for the same recordings."""
    import orjson

    document = {"format": FORMAT, "version": VERSION, "recordings": recordings}
    text = orjson.dumps(document, default=_plain, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS)
    return gzip.compress(text, compresslevel=6, mtime=0)


def read(content: bytes, source: str, *, observe: bool = True) -> tuple[Recording, ...]:
    """The recordings in a file's content, without what was observed where nobody is to `observe`; raises UserError for
    one that is damaged or of another kind."""
    import msgspec
    import orjson

    try:
        document = orjson.loads(_unpacked(content, source))
    except (orjson.JSONDecodeError, zlib.error, EOFError, OSError) as problem:
        raise UserError(f"{source} is no recorded evidence: {problem}.", HINT) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UserError(f"{source} is no recorded evidence.", HINT)
    if document.get("version") != VERSION:
        raise UserError(f"{source} is evidence of version {document.get('version')}, not {VERSION}.", HINT)
    listed = document.get("recordings")
    if not observe and isinstance(listed, list):
        listed = [{**one, "observations": None} if isinstance(one, dict) else one for one in listed]
    try:
        return msgspec.convert(_ordered(listed), tuple[Recording, ...])
    except (msgspec.ValidationError, RecursionError) as problem:
        raise UserError(f"{source} is damaged: {str(problem).replace('$', 'recordings')}.", HINT) from None


def _unpacked(content: bytes, source: str) -> bytes:
    if not content.startswith(GZIP):
        return content
    try:
        text, whole = unpacked(content, MOST_BYTES)
    except TooLargeError:
        raise UserError(f"{source} is larger than {MOST_BYTES:,} bytes unpacked.", HINT) from None
    if not whole:
        raise EOFError("it ends in the middle")
    return text


def _ordered(recordings: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    """The recordings, their segments as the tuples that the model has: written down, they name their fields."""
    for recording in _all(recordings):
        seen = recording.get("observations") if isinstance(recording, dict) else None
        for trace in _all(seen.get("traces") if isinstance(seen, dict) else None):
            if isinstance(trace, dict):
                trace["segments"] = [_in_order(segment) for segment in _all(trace.get("segments"))]
    return recordings


def _all(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else []


def _in_order(segment: Any) -> Any:  # noqa: ANN401
    whole = {**Segment._field_defaults, **segment} if isinstance(segment, dict) else {}
    if not whole.keys() >= set(Segment._fields):
        return segment  # the types say what is wrong
    inner = [_in_order(part) for part in _all(whole["subsegments"])]
    return [inner if name == "subsegments" else whole[name] for name in Segment._fields]


def _plain(value: Any) -> Any:  # noqa: ANN401 - what orjson has no form for
    if isinstance(value, Segment):  # most fields of most segments have their default
        return {k: v for k, v in value._asdict().items() if v != Segment._field_defaults.get(k, _MISSING)}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value)
