"""One OpenTelemetry span, whatever wrote it, as the fields that everybody asks for."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from shopfast_obs.model.records import record
from shopfast_obs.parse import numbers

Kind = Literal["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
Attributes = Mapping[str, Any]
KINDS: tuple[Kind, ...] = ("INTERNAL", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")  # by OTLP's numbers
_STATES = ("UNSET", "OK", "ERROR")
_BASE64 = {24: 16, 12: 8}  # characters to bytes
_HEXADECIMAL = re.compile("[0-9a-f]+")
_DIGITS = 20  # of 64 bits
_DEPTH = 20  # of values in values
_SCALARS = ("stringValue", "boolValue", "doubleValue", "bytesValue")


@record
class Event:
    """One event of a span; `time` in epoch seconds."""

    name: str
    time: float | None
    attributes: Attributes


@record
class Span:
    """A span with hexadecimal ids and times in epoch seconds. `end` is None while it is open; `links` are (trace id,
    span id); `scope` is the library that made it."""

    trace_id: str
    id: str
    parent_id: str
    name: str
    kind: Kind
    start: float
    end: float | None
    attributes: Attributes
    resource: Attributes
    scope: str = ""
    status: str = "UNSET"  # OK or ERROR
    message: str = ""
    events: tuple[Event, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    def first(self, *names: str) -> Any:  # noqa: ANN401 - an attribute of anybody's
        """The first of the attributes that the span has; the older conventions come second."""
        own = self.attributes
        return next((own[name] for name in names if own.get(name) not in (None, "", [])), None)

    def text(self, *names: str) -> str:
        """The same as text, empty where there is none."""
        value = self.first(*names)
        return "" if value is None or isinstance(value, list | dict) else str(value)


def span(value: Mapping[str, Any], resource: Mapping[str, Any], scope: Mapping[str, Any]) -> Span | None:
    """The span of a JSON object with OTLP's names; None for one without a start that is a number."""
    start, end = seconds(value.get("startTimeUnixNano")), seconds(value.get("endTimeUnixNano"))
    if start is None:
        return None
    said = value.get("status")
    status = said if isinstance(said, dict) else {}
    return Span(
        _id(value.get("traceId")),
        _id(value.get("spanId")),
        _id(value.get("parentSpanId")),
        str(value.get("name") or ""),
        kind(value.get("kind")),
        start,
        end,
        attributes(value.get("attributes")),
        attributes(resource.get("attributes")),
        str(scope.get("name") or ""),
        _state(status.get("code")),
        str(status.get("message") or ""),
        tuple(_event(event) for event in dicts(value.get("events"))),
        tuple((_id(link.get("traceId")), _id(link.get("spanId"))) for link in dicts(value.get("links"))),
    )


def changed(span: Span, **changes: Any) -> Span:  # noqa: ANN401
    """The span with other values in some fields."""
    return replace(span, **changes)


def kind(value: Any) -> Kind:  # noqa: ANN401 - anything may stand in a file
    """The kind by OTLP's number, by its name, or by the name that protobuf's JSON has."""
    if isinstance(value, str):
        name = value.upper().removeprefix("SPAN_KIND_").removeprefix("SPANKIND.")
        return next((known for known in KINDS if known == name), "INTERNAL")
    number = numbers.whole(value)
    return KINDS[number] if number is not None and 0 <= number < len(KINDS) else "INTERNAL"


def attributes(value: Any) -> Attributes:  # noqa: ANN401
    """Attributes as a mapping, whether they came as one or as OTLP's list of typed values."""
    if isinstance(value, dict):
        return value
    return {str(entry.get("key")): plain(entry.get("value")) for entry in dicts(value)}


def plain(value: Any, depth: int = 0) -> Any:  # noqa: ANN401
    """The value of one of OTLP's typed values; None beyond what anybody nests."""
    if not isinstance(value, dict) or depth > _DEPTH:
        return None if depth > _DEPTH else value
    if isinstance(value.get("arrayValue"), dict):
        return [plain(entry, depth + 1) for entry in dicts(value["arrayValue"].get("values"))]
    if isinstance(value.get("kvlistValue"), dict):
        entries = dicts(value["kvlistValue"].get("values"))
        return {str(entry.get("key")): plain(entry.get("value"), depth + 1) for entry in entries}
    if "intValue" in value:
        return numbers.whole(value["intValue"])
    return next((value[key] for key in _SCALARS if key in value), None)


def seconds(value: Any) -> float | None:  # noqa: ANN401
    """Nanoseconds as seconds; None for what is no time. JSON cannot hold 64 bits, so OTLP writes them as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _DIGITS:
        number: float | None = float(value)
    else:
        number = float(value) if isinstance(value, int) and not isinstance(value, bool) else numbers.number(value)
    return None if number is None or number <= 0 else number / 1e9


def dicts(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """The objects of a list, and nothing for anything else."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _id(value: Any) -> str:  # noqa: ANN401
    """The id in hexadecimal digits: protobuf's JSON has it in base64, CloudWatch in either case."""
    if not isinstance(value, str) or not value.strip("0"):
        return ""
    length = _BASE64.get(len(value))
    if length is None:
        return _whole(value)
    try:
        raw = base64.b64decode(value)
    except (binascii.Error, ValueError):
        return _whole(value)
    if len(raw) != length:
        return _whole(value)
    return raw.hex() if any(raw) else ""


def _whole(value: str) -> str:
    """Hexadecimal digits with the zeros that Jaeger and Zipkin leave out in front; any other id as it is."""
    digits = value.lower()
    return digits.zfill(16 if len(digits) <= 16 else 32) if _HEXADECIMAL.fullmatch(digits) else digits


def _state(code: Any) -> str:  # noqa: ANN401
    if isinstance(code, str):
        name = code.upper().removeprefix("STATUS_CODE_").removeprefix("STATUSCODE.")
        return name if name in _STATES else "UNSET"
    return _STATES[code] if isinstance(code, int) and 0 <= code < len(_STATES) else "UNSET"


def _event(event: Mapping[str, Any]) -> Event:
    return Event(str(event.get("name") or ""), seconds(event.get("timeUnixNano")), attributes(event.get("attributes")))
