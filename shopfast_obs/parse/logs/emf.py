"""Embedded metric format: a log event that carries metrics, to the metrics that CloudWatch makes of it.

Source: CloudWatch User Guide, "Specification: Embedded metric format".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import orjson

from shopfast_obs.facts import whole
from shopfast_obs.model.records import record
from shopfast_obs.patterns import late

Json = Any  # what JSON may hold
MAX_BYTES = whole("logs-max-event")
MAX_METRICS = 100
MAX_VALUES = 100
MAX_DIMENSIONS = 30
MAX_DIMENSION_VALUE = 1024
MAX_NAME = 1024
MAX_NAMESPACE = 256
PAST, FUTURE = 14 * 86400.0, 2 * 3600.0
LIMIT = 2.0**360
# The prefixes of CloudWatch's units; "None" and the plain ones are listed.
SCALES = ("", "Kilo", "Mega", "Giga", "Tera")
UNITS = frozenset(
    ["Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None", "Bytes", "Bits"]
    + ["Bytes/Second", "Bits/Second"]
    + [f"{scale}{unit}{rate}" for scale in SCALES[1:] for unit in ("bytes", "bits") for rate in ("", "/Second")]
)
# What a Lambda runtime puts before the text that a function logs: level, time and request id, separated by tabs.
PREFIX = late(
    r"(?:\[?[A-Z]+\]?\t)?\d{4}-\d\d-\d\dT[\d:.]+Z\t[0-9a-f]{8}-[0-9a-f-]{27}\t(?:[A-Z]+\t)?|\[[A-Z]+\]\t[^\t{]*\t[^\t{]*\t"
)


@record
class MetricValues:
    """The values of one metric in one log event. `resolution` is 60 or 1 seconds."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    values: tuple[float, ...]
    unit: str
    timestamp: float
    resolution: int = 60


@record
class Rejected:
    """An event that meant to be EMF and makes no metric. `metric` is the one of AWS/Logs that counts it."""

    metric: Literal["EMFParsingErrors", "EMFValidationErrors"]
    reason: str


class _InvalidError(ValueError):
    pass


def extract(message: str, timestamp: float) -> list[MetricValues] | Rejected | None:
    """The metrics of a log event that was written at `timestamp` (epoch seconds); None when it is not EMF at all."""
    text = _body(message) if '"_aws"' in message and '"CloudWatchMetrics"' in message else ""
    if not text.startswith("{"):
        return None
    if len(message.encode("utf-8", "replace")) > MAX_BYTES:
        return Rejected("EMFValidationErrors", "the event is longer than 1 MB")
    try:
        root = orjson.loads(text.encode("utf-8", "replace"))
    except orjson.JSONDecodeError as problem:
        return Rejected("EMFParsingErrors", f"not JSON: {problem}")
    if not isinstance(root, dict) or not isinstance(root.get("_aws"), dict) or "CloudWatchMetrics" not in root["_aws"]:
        return None
    try:
        return _metrics(root, timestamp)
    except _InvalidError as problem:
        return Rejected("EMFValidationErrors", str(problem))


def _body(message: str) -> str:
    match = PREFIX.match(message)
    return (message[match.end() :] if match else message).strip()


def _metrics(root: Mapping[str, Any], written: float) -> list[MetricValues]:
    aws = root["_aws"]
    directives = aws["CloudWatchMetrics"]
    if not isinstance(directives, list):
        raise _InvalidError("CloudWatchMetrics must be an array")
    time = _time(aws.get("Timestamp"), written)
    return [metric for directive in directives for metric in _directive(directive, root, time)]


def _time(value: Json, written: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _InvalidError("_aws.Timestamp must be the milliseconds since 1970")
    seconds = value / 1000
    if not written - PAST <= seconds <= written + FUTURE:
        raise _InvalidError("_aws.Timestamp must be within the last two weeks and the next two hours")
    return float(seconds)


def _directive(directive: Json, root: Mapping[str, Any], time: float) -> list[MetricValues]:
    if not isinstance(directive, dict):
        raise _InvalidError("a metric directive must be an object")
    namespace, metrics = directive.get("Namespace"), directive.get("Metrics")
    if not isinstance(namespace, str) or not 0 < len(namespace) <= MAX_NAMESPACE:
        raise _InvalidError("Namespace must be a string of 1 to 256 characters")
    if not isinstance(metrics, list) or len(metrics) > MAX_METRICS:
        raise _InvalidError(f"Metrics must be an array of at most {MAX_METRICS}")
    sets = _dimension_sets(directive.get("Dimensions"), root)
    defined = [_definition(metric, root) for metric in metrics]
    return [
        MetricValues(namespace, name, dimensions, values, unit, time, resolution)
        for name, values, unit, resolution in defined
        for dimensions in sets
        if values
    ]


def _dimension_sets(sets: Json, root: Mapping[str, Any]) -> list[tuple[tuple[str, str], ...]]:
    if sets is None:
        return [()]
    if not isinstance(sets, list) or not all(isinstance(keys, list) for keys in sets):
        raise _InvalidError("Dimensions must be an array of arrays")
    return list(dict.fromkeys(_dimension_set(keys, root) for keys in sets)) or [()]


def _dimension_set(keys: Sequence[Any], root: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    if len(keys) > MAX_DIMENSIONS:
        raise _InvalidError(f"a dimension set has at most {MAX_DIMENSIONS} keys")
    found = {}
    for key in keys:
        value = root.get(key) if isinstance(key, str) else None
        if not isinstance(value, str) or not 0 < len(value) <= MAX_DIMENSION_VALUE:
            raise _InvalidError(
                f"the dimension {key!r} must be a string of 1 to {MAX_DIMENSION_VALUE} characters on the root"
            )
        found[key] = value
    return tuple(sorted(found.items()))


def _definition(metric: Json, root: Mapping[str, Any]) -> tuple[str, tuple[float, ...], str, int]:
    name = metric.get("Name") if isinstance(metric, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
        raise _InvalidError("a metric must have a Name")
    unit, resolution = metric.get("Unit", "None"), metric.get("StorageResolution", 60)
    if not isinstance(unit, str) or unit not in UNITS:
        raise _InvalidError(f"{unit!r} is not a unit")
    if isinstance(resolution, bool) or resolution not in (1, 60):
        raise _InvalidError("StorageResolution must be 1 or 60")
    return name, _values(name, root.get(name)), unit, resolution


def _values(name: str, target: Json) -> tuple[float, ...]:
    """The numbers on the root; a metric that is defined but has no target makes nothing."""
    if target is None:
        return ()
    values = target if isinstance(target, list) else [target]
    if len(values) > MAX_VALUES:
        raise _InvalidError(f"the metric {name!r} has more than {MAX_VALUES} values")
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LIMIT:
            raise _InvalidError(f"the metric {name!r} must be a number or an array of numbers on the root")
    return tuple(float(value) for value in values)
