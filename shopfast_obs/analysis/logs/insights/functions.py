"""The functions of one record. A function gives None for values that it has no answer for."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable, Mapping

import orjson

from shopfast_obs.analysis.logs.insights.interface import Time, Value, number, text

Function = Callable[..., Value]


def numeric(function: Callable[..., float]) -> Function:
    """A function of numbers; it has no answer when one is missing or the result is no number."""

    def apply(*values: Value) -> Value:
        numbers = [number(value) for value in values]
        if None in numbers:
            return None
        try:
            result = function(*numbers)
        except (ValueError, ZeroDivisionError, OverflowError):
            return None
        return float(result) if isinstance(result, int | float) and math.isfinite(result) else None

    return apply


def _textual(function: Callable[[str], Value]) -> Function:
    def apply(value: Value) -> Value:
        return None if value is None else function(text(value))

    return apply


def _floor(value: Value, period: Value) -> Value:
    time = number(value)
    return None if time is None or not period else Time(time // period * period)


def _ceiling(value: Value, period: Value) -> Value:
    time = number(value)
    return None if time is None or not period else Time(-(-time // period) * period)


def _substring(value: Value, start: Value, length: Value = None) -> Value:
    first, size = number(start), number(length)
    if value is None or first is None:
        return None
    end = None if size is None else int(max(0.0, first)) + int(max(0.0, size))
    return text(value)[int(max(0.0, first)) : end]


def _stripped(method: Callable[[str, str | None], str]) -> Function:
    def apply(value: Value, characters: Value = None) -> Value:
        return None if value is None else method(text(value), None if characters is None else text(characters))

    return apply


def _replaced(value: Value, old: Value, new: Value) -> Value:
    return None if value is None else text(value).replace(text(old), text(new)) if text(old) else text(value)


def _contains(value: Value, part: Value) -> Value:
    return None if value is None else float(text(part) in text(value))


def _address(value: Value, version: int | None = None) -> Value:
    try:
        found = ipaddress.ip_address(text(value))
    except ValueError:
        return False
    return version is None or found.version == version


def _in_subnet(value: Value, network: Value, version: int | None = None) -> Value:
    try:
        address, found = ipaddress.ip_address(text(value)), ipaddress.ip_network(text(network), strict=False)
    except ValueError:
        return False
    return address.version == found.version and version in (None, found.version) and address in found


def _parsed(value: Value) -> Value:
    try:
        found = orjson.loads(text(value))
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict | list) else None


def _coalesced(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def _from_milliseconds(value: Value) -> Value:
    time = number(value)
    return None if time is None else Time(time)


def _blank(value: Value) -> bool:
    return value is None or not re.search(r"\S", text(value))


# name -> (function, fewest and most arguments)
FUNCTIONS: Mapping[str, tuple[Function, int, int]] = {
    "abs": (numeric(abs), 1, 1),
    "ceil": (numeric(math.ceil), 1, 1),
    "floor": (numeric(math.floor), 1, 1),
    "greatest": (numeric(max), 1, 99),
    "least": (numeric(min), 1, 99),
    "log": (numeric(math.log), 1, 1),
    "sqrt": (numeric(math.sqrt), 1, 1),
    "datefloor": (_floor, 2, 2),
    "dateceil": (_ceiling, 2, 2),
    "frommillis": (_from_milliseconds, 1, 1),
    "tomillis": (numeric(float), 1, 1),
    "ispresent": (lambda value: value is not None, 1, 1),
    "coalesce": (_coalesced, 1, 99),
    "isempty": (lambda value: value is None or text(value) == "", 1, 1),
    "isblank": (_blank, 1, 1),
    "concat": (lambda *values: "".join(text(value) for value in values), 1, 99),
    "ltrim": (_stripped(str.lstrip), 1, 2),
    "rtrim": (_stripped(str.rstrip), 1, 2),
    "trim": (_stripped(str.strip), 1, 2),
    "strlen": (_textual(lambda value: float(len(value))), 1, 1),
    "toupper": (_textual(str.upper), 1, 1),
    "tolower": (_textual(str.lower), 1, 1),
    "substr": (_substring, 2, 3),
    "replace": (_replaced, 3, 3),
    "strcontains": (_contains, 2, 2),
    "isvalidip": (_address, 1, 1),
    "isvalidipv4": (lambda value: _address(value, 4), 1, 1),
    "isvalidipv6": (lambda value: _address(value, 6), 1, 1),
    "isipinsubnet": (_in_subnet, 2, 2),
    "isipv4insubnet": (lambda value, network: _in_subnet(value, network, 4), 2, 2),
    "isipv6insubnet": (lambda value, network: _in_subnet(value, network, 6), 2, 2),
    "jsonparse": (_parsed, 1, 1),
    "jsonstringify": (lambda value: None if value is None else orjson.dumps(value).decode(), 1, 1),
}
