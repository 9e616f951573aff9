"""Which metrics an alarm reads, from its definition in CloudFormation's or the API's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.model.references import reference
from shopfast_obs.model.telemetry import WatchedMetric
from shopfast_obs.parse.dialects.interface import mapping


def watched(definition: Mapping[str, Any]) -> tuple[WatchedMetric, ...]:
    """Every metric that an alarm reads, metric math included; an intrinsic in a dimension becomes a reference. What
    has not the form of a definition, and what a template leaves open, is left out."""
    sources = [definition] if definition.get("MetricName") else []
    sources += [mapping(mapping(query.get("MetricStat")).get("Metric")) for query in _items(definition, "Metrics")]
    return tuple(
        WatchedMetric(str(source.get("Namespace", "")), str(source["MetricName"]), dimensions(source))
        for source in sources
        if source.get("MetricName")
    )


def dimensions(source: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The dimensions of a metric, sorted by name."""
    return tuple(sorted((str(d.get("Name")), _value(d.get("Value"))) for d in _items(source, "Dimensions")))


def _items(source: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    listed = source.get(key)
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list | tuple) else []


def _value(value: Any) -> str:  # noqa: ANN401 - a string or an intrinsic
    match value:
        case {"Ref": str(name)}:
            return reference(name)
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return reference(f"{name}.{attribute}")
    return str(value)
