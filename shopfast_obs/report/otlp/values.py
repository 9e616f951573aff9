"""Ids, times and values as OTLP's JSON writes them, which is not protobuf's own: ids in hexadecimal, not in base64."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from shopfast_obs.analysis.sensitive import Masker

Fields = dict[str, Any]
_XRAY = re.compile(r"1-([0-9a-f]{8})-([0-9a-f]{24})")
_LEAST, _MOST = -(2**63), 2**63 - 1


def trace_id(text: str) -> str:
    """32 hexadecimal digits for a trace id of X-Ray or of OpenTelemetry; any other id gets some that stay the same."""
    low = text.lower()
    return _hexadecimal(_XRAY.sub(r"\1\2", low) if _XRAY.fullmatch(low) else low, 16)


def span_id(text: str) -> str:
    """16 hexadecimal digits, as of a trace id; empty for none."""
    return _hexadecimal(text.lower(), 8) if text else ""


def nanoseconds(moment: float) -> str:
    """Epoch seconds in nanoseconds. Microseconds are exact, which is more than a clock in seconds holds."""
    return str(max(0, round(moment * 1e6)) * 1000)


def attributes(named: Mapping[str, Any], masker: Masker) -> list[Fields]:
    """The attributes that have a value, secrets masked."""
    told = ((key, said) for key, said in named.items() if said not in (None, "", (), [], {}))
    return [{"key": key, "value": value(key, said, masker)} for key, said in told]


def value(key: str, said: Any, masker: Masker) -> Fields:  # noqa: ANN401 - any JSON value
    """A typed value; what is nested is text in JSON, which every tool shows."""
    if isinstance(said, bool):
        return {"boolValue": said}
    if isinstance(said, int) and _LEAST <= said <= _MOST:
        return {"intValue": str(said)}
    if isinstance(said, float) and abs(said) < float("inf"):
        return {"doubleValue": said}
    if isinstance(said, list | tuple) and all(isinstance(one, str | int | float) for one in said):
        return {"arrayValue": {"values": [value(key, one, masker) for one in said]}}
    if isinstance(said, Mapping | list | tuple):
        return {"stringValue": masker.text(_json(said))}
    return {"stringValue": masker.named(key, str(said))}


def lines(groups: Iterable[tuple[int, Fields]], name: str, most: int) -> Iterator[str]:
    """Requests of at most so many records each, as text: the groups, of so many records, are the entries of `name`."""
    entries: list[Fields] = []
    records = 0
    for number, group in groups:
        if entries and records + number > most:
            yield _line({name: entries})
            entries, records = [], 0
        entries.append(group)
        records += number
    if entries:
        yield _line({name: entries})


def _line(request: Fields) -> str:
    return orjson.dumps(request, option=orjson.OPT_APPEND_NEWLINE).decode()


def _hexadecimal(text: str, size: int) -> str:
    """The digits as they are; of anything else, and of zeros, which OTLP calls no id, those of its digest."""
    if re.fullmatch(f"[0-9a-f]{{{size * 2}}}", text) and text.strip("0"):
        return text
    return hashlib.blake2b(text.encode("utf-8", errors="replace"), digest_size=size).hexdigest()


def _json(said: Any) -> str:  # noqa: ANN401
    try:
        return orjson.dumps(said, default=str).decode()
    except (TypeError, ValueError):  # nested more than 254 levels deep, or a number beyond 64 bits
        return "(a value that JSON cannot hold)"
