"""PutMetricData: what CloudWatch accepts, and what it says to the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopfast_obs.localcloud.metrics.store import MetricId, Sample, metric_id
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.model.metrics import Observation, observed

MAX_DATUMS = 1000
MAX_VALUES = 150
MAX_DIMENSIONS = 30
PAST, FUTURE = 14 * 86400.0, 2 * 3600.0
LIMIT = 2.0**360
NAMESPACE = re.compile(r"[^:][\x20-\x7e]{0,254}\Z")
UNITS = frozenset(
    [
        *("Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "None", "Count/Second"),
        *(
            f"{scale}{unit}{rate}"
            for scale in ("", "Kilo", "Mega", "Giga", "Tera")
            for unit in ("bytes", "bits")
            for rate in ("", "/Second")
            if scale
        ),
        *("Bytes", "Bits", "Bytes/Second", "Bits/Second"),
    ]
)


def samples_of(parameters: Mapping[str, Any], now: float) -> list[Sample]:
    """The samples of a request, all or none; raises AwsError."""
    namespace = parameters["Namespace"]
    if not NAMESPACE.match(namespace):
        raise AwsError("InvalidParameterValue", "The value for parameter Namespace is invalid.")
    datums = parameters.get("MetricData") or []
    if not datums and not parameters.get("EntityMetricData"):
        raise AwsError("MissingParameter", "The parameter MetricData is required.")
    if len(datums) > MAX_DATUMS:
        raise AwsError(
            "InvalidParameterValue", f"The collection MetricData must not have a size greater than {MAX_DATUMS}."
        )
    more = [datum for entity in parameters.get("EntityMetricData") or [] for datum in entity.get("MetricData") or []]
    return [sample for n, datum in enumerate([*datums, *more], 1) for sample in _datum(namespace, datum, n, now)]


def dimensions_of(listed: Sequence[Mapping[str, str]] | None, where: str) -> dict[str, str]:
    """Dimensions as a map; raises AwsError for too many, empty or repeated ones."""
    found: dict[str, str] = {}
    for dimension in listed or []:
        name, value = dimension.get("Name", ""), dimension.get("Value", "")
        if not name or not value or name in found or len(name) > 255 or len(value) > 1024 or name.startswith(":"):
            raise AwsError("InvalidParameterValue", f"The parameter {where}.Dimensions has an invalid name or value.")
        found[name] = value
    if len(found) > MAX_DIMENSIONS:
        raise AwsError(
            "InvalidParameterValue",
            f"The collection {where}.Dimensions must not have a size greater than {MAX_DIMENSIONS}.",
        )
    return found


def _datum(namespace: str, datum: Mapping[str, Any], n: int, now: float) -> Iterator[Sample]:
    where = f"MetricData.member.{n}"
    name = datum.get("MetricName", "")
    if not name or len(name) > 255:
        raise AwsError("InvalidParameterValue", f"The parameter {where}.MetricName must be 1 to 255 characters long.")
    metric = metric_id(namespace, name, dimensions_of(datum.get("Dimensions"), where))
    unit = datum.get("Unit") or "None"
    if unit not in UNITS:
        raise AwsError("InvalidParameterValue", f"The value {unit} for parameter {where}.Unit is invalid.")
    resolution = datum.get("StorageResolution") or 60
    if resolution not in (1, 60):
        raise AwsError("InvalidParameterValue", f"The parameter {where}.StorageResolution must be 1 or 60.")
    time = datum.get("Timestamp", now)
    if not now - PAST <= time <= now + FUTURE:
        raise AwsError(
            "InvalidParameterValue",
            f"The value for parameter {where}.Timestamp must be between two weeks ago and two hours from now.",
        )
    for observation in _observations(datum, where, time, unit):
        yield Sample(MetricId(metric.namespace, metric.name, metric.dimensions), observation, resolution)


def _observations(datum: Mapping[str, Any], where: str, time: float, unit: str) -> Iterator[Observation]:
    value, values, statistics = datum.get("Value"), datum.get("Values"), datum.get("StatisticValues")
    if sum(part is not None for part in (value, values, statistics)) != 1:
        code = "MissingParameter" if value is values is statistics is None else "InvalidParameterCombination"
        raise AwsError(
            code, f"At least one, and only one, of Value, Values and StatisticValues must be specified for {where}."
        )
    if value is not None:
        yield observed(time, _number(value, f"{where}.Value"), 1.0, unit)
    elif values is not None:
        yield from _arrays(values, datum.get("Counts"), where, time, unit)
    else:
        assert statistics is not None
        parts = {key: _number(statistics[key], f"{where}.StatisticValues.{key}") for key in statistics}
        if parts["SampleCount"] <= 0 or parts["Minimum"] > parts["Maximum"]:
            raise AwsError("InvalidParameterValue", f"The parameter {where}.StatisticValues contradicts itself.")
        yield Observation(time, parts["Minimum"], parts["Maximum"], parts["Sum"], parts["SampleCount"], unit)


def _arrays(
    values: Sequence[float], counts: Sequence[float] | None, where: str, time: float, unit: str
) -> Iterator[Observation]:
    if counts is not None and len(counts) != len(values):
        raise AwsError(
            "InvalidParameterValue", f"The parameters {where}.Values and {where}.Counts must be of the same size."
        )
    if not 0 < len(values) <= MAX_VALUES:
        raise AwsError("InvalidParameterValue", f"The collection {where}.Values must have 1 to {MAX_VALUES} members.")
    for value, count in zip(values, counts or [1.0] * len(values), strict=True):
        if not _number(count, f"{where}.Counts") > 0:
            raise AwsError("InvalidParameterValue", f"The values of {where}.Counts must be positive.")
        yield observed(time, _number(value, f"{where}.Values"), count, unit)


def _number(value: float, where: str) -> float:
    if not math.isfinite(value) or abs(value) > LIMIT:
        raise AwsError("InvalidParameterValue", f"The value {value} for parameter {where} is invalid.")
    return value
