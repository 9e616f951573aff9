"""The plan of business metrics as a short YAML file that people write."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.errors import UserError
from shopfast_obs.instrument.business import DEFAULTS, BusinessMetric, MetricsPlan, Values

HINT = "It is YAML such as `metrics: [{metric: OrdersPlaced, function: orders/app.place}]`."
MOST_SERIES = 100  # combinations of dimension values of one metric; each is a custom metric on the bill
MOST_DIMENSIONS = 5
KEYS = frozenset({"metric", "function", *DEFAULTS})
TIMES = ("Seconds", "Milliseconds", "Microseconds")
SIZES = ("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits")
UNITS = frozenset({"None", "Count", "Percent", "Count/Second", "Bytes/Second", *TIMES, *SIZES})


def read(path: Path) -> MetricsPlan:
    """The plan in the file; raises UserError that names what is wrong."""
    from shopfast_obs.parse.templates import yaml_tags

    try:
        document = yaml_tags.small(confine.content(path).decode("utf-8"))
    except OSError as problem:
        raise UserError(f"{path} cannot be read: {problem.strerror}.", HINT) from None
    except (yaml_tags.YamlError, ValueError) as problem:
        raise UserError(f"{path} is not valid YAML: {str(problem).splitlines()[0]}.", HINT) from None
    entries = document.get("metrics") if isinstance(document, Mapping) else None
    if not isinstance(entries, list) or not entries:
        raise UserError(f"{path} has no list of `metrics`.", HINT)
    metrics = tuple(_metric(entry, f"metric {number} of {path}") for number, entry in enumerate(entries, 1))
    for number, metric in enumerate(metrics):
        if any((other.metric, other.function) == (metric.metric, metric.function) for other in metrics[:number]):
            raise UserError(f"{path} counts {metric.metric} of {metric.function} twice.", HINT)
    return MetricsPlan(path, metrics)


def _metric(entry: object, where: str) -> BusinessMetric:
    if not isinstance(entry, Mapping) or not KEYS >= set(entry) >= {"metric", "function"}:
        unknown = (
            f" It has {sorted(map(str, set(entry) - KEYS))}."
            if isinstance(entry, Mapping) and set(entry) - KEYS
            else ""
        )
        raise UserError(f"{where} needs a `metric` and a `function`.{unknown}", HINT)
    found = BusinessMetric(
        str(entry["metric"]),
        str(entry["function"]),
        str(entry.get("outcome", "return")),
        _values(entry.get("when") or {}, where),
        entry.get("value", 1),
        str(entry.get("unit", "Count")),
        _values(entry.get("dimensions") or {}, where),
    )
    if wrong := next(_wrong(found), ""):
        raise UserError(f"{where}: {wrong}.", HINT)
    return found


def _values(section: object, where: str) -> Values:
    """Each path with the values that it may have; one alone needs no list."""
    if not isinstance(section, Mapping):
        raise UserError(f"{where}: `when` and `dimensions` are mappings of a path to its values.", HINT)
    found = {str(path): tuple(v) if isinstance(v, list) else (v,) for path, v in section.items()}
    for path, values in found.items():
        if not values or not all(isinstance(value, str | int | float) for value in values):
            raise UserError(f"{where}: {path} needs a list of texts and numbers.", HINT)
    return found


def _wrong(metric: BusinessMetric) -> Iterator[str]:
    parts = metric.function.replace("/", ".").split(".")
    if len(parts) < 2 or not parts[-1].isidentifier():
        yield f"{metric.function} is no `module.function`"
    if not metric.metric.isascii() or not 0 < len(metric.metric) <= 255:
        yield f"{metric.metric!r} is no name of a metric"
    if metric.outcome not in ("return", "error"):
        yield f"`outcome` is `return` or `error`, not {metric.outcome!r}"
    if metric.unit not in UNITS:
        yield f"CloudWatch has no unit {metric.unit!r}"
    if isinstance(metric.value, bool) or not isinstance(metric.value, int | float | str):
        yield "`value` is a number, or a path into the result"
    if len(metric.dimensions) > MOST_DIMENSIONS:
        yield f"it has {len(metric.dimensions)} dimensions, {MOST_DIMENSIONS} are allowed"
    series = math.prod(len(values) + 1 for values in metric.dimensions.values())
    if series > MOST_SERIES:
        yield f"its dimensions make {series} metrics, {MOST_SERIES} are allowed"
