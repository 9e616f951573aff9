"""Which metrics an alarm reads, and by which queries, from its definition in CloudFormation's or the API's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.model.records import record
from shopfast_obs.model.references import reference
from shopfast_obs.model.telemetry import WatchedMetric, WatchedQuery
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.patterns import late

_SELECT = late(r"(?i)\s*SELECT\s")


@record
class AlarmMetric:
    """One metric that an alarm reads, with its statistic and unit (empty where the alarm names none). `alone`: the
    threshold is compared with it as it is, and not with an expression."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str = ""
    unit: str = ""
    alone: bool = True


def metrics(definition: Mapping[str, Any]) -> tuple[AlarmMetric, ...]:
    """Every metric that an alarm reads, metric math included; an intrinsic in a dimension becomes a reference. What
    has not the form of a definition, and what a template leaves open, is left out."""
    queries = _items(definition, "Metrics")
    alone = not any(query.get("Expression") for query in queries)
    found = [(definition, definition, alone)] if definition.get("MetricName") else []
    stats = (mapping(query.get("MetricStat")) for query in queries)
    found += [(mapping(stat.get("Metric")), stat, alone) for stat in stats]
    return tuple(
        AlarmMetric(
            str(metric.get("Namespace", "")),
            str(metric["MetricName"]),
            dimensions(metric),
            _text(said, "Stat", "Statistic", "ExtendedStatistic"),
            _text(said, "Unit"),
            alone,
        )
        for metric, said, alone in found
        if metric.get("MetricName")
    )


def watched(definition: Mapping[str, Any]) -> tuple[WatchedMetric, ...]:
    """Every metric that an alarm reads, as `metrics` gives them, without what it makes of them."""
    return tuple(WatchedMetric(one.namespace, one.name, one.dimensions) for one in metrics(definition))


def queries(definition: Mapping[str, Any]) -> tuple[WatchedQuery, ...]:
    """Every query that an alarm evaluates: PromQL, Metrics Insights, or that of a log alarm. One without a language
    stands for what is not told: a parameter decides it, or the SDK is older than the alarm."""
    scheduled = definition.get("ScheduledQueryConfiguration")
    if scheduled is not None:
        return (_of_logs(mapping(scheduled)),)
    criteria = definition.get("EvaluationCriteria")
    if criteria is not None:
        text = _text(mapping(mapping(criteria).get("PromQLCriteria")), "Query")
        return (WatchedQuery("PromQL", text) if text else WatchedQuery(""),)
    expressions = [_text(query, "Expression") for query in _items(definition, "Metrics")]
    found = tuple(WatchedQuery("Metrics Insights", text) for text in expressions if is_insights(text))
    return found if found or metrics(definition) else (WatchedQuery(""),)


def _of_logs(scheduled: Mapping[str, Any]) -> WatchedQuery:
    """The query of a log alarm with what is made of its results, and its log groups; one that only the deployment knows
    is an empty text."""
    said = (_text(scheduled, "QueryString"), _text(scheduled, "AggregationExpression"))
    groups = scheduled.get("LogGroupIdentifiers")
    listed = groups if isinstance(groups, list | tuple) else [groups] if groups else []
    return WatchedQuery("Logs Insights", " | stats ".join(text for text in said if text), tuple(map(_named, listed)))


def _named(value: Any) -> str:  # noqa: ANN401 - a string or an intrinsic
    return "" if _value(value) == str(value) and not isinstance(value, str) else _value(value)


def is_insights(expression: str) -> bool:
    """True for an expression that is a query of Metrics Insights and no metric math."""
    return bool(_SELECT.match(expression))


def dimensions(source: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The dimensions of a metric, sorted by name."""
    return tuple(sorted((str(d.get("Name")), _value(d.get("Value"))) for d in _items(source, "Dimensions")))


def _items(source: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    listed = source.get(key)
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list | tuple) else []


def _text(source: Mapping[str, Any], *keys: str) -> str:
    return next((source[key] for key in keys if isinstance(source.get(key), str)), "")


def _value(value: Any) -> str:  # noqa: ANN401 - a string or an intrinsic
    match value:
        case {"Ref": str(name)}:
            return reference(name)
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return reference(f"{name}.{attribute}")
    return str(value)
