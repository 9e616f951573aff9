"""Why an alarm can never fire: what it reads is published by nobody, or can never be as it says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from shopfast_obs.analysis.metrics.metrics_insights import InsightsError, InsightsQuery, read_insights
from shopfast_obs.analysis.wiring.dimensions import NAMES, Dimensions
from shopfast_obs.diagnose.alarms import published_metrics
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.callers import mappings_of
from shopfast_obs.diagnose.log_retention import class_of, takes
from shopfast_obs.diagnose.property_values import at, is_open, number
from shopfast_obs.model.references import is_open as is_reference
from shopfast_obs.model.resources import (
    EVENT_RULE,
    EVENT_SOURCE_MAPPING,
    FUNCTION,
    LOG_ALARM,
    LOG_GROUP,
    METRIC_FILTER,
    QUEUE,
    TOPIC,
    Resource,
)
from shopfast_obs.model.telemetry import WatchedMetric
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.templates.alarm_definition import AlarmMetric, metrics, queries

LAMBDA_LOGS = "/aws/lambda/"
ABOVE = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
UNBOUNDED = ("Sum", "SampleCount", "n")


def reasons(alarm: Resource, context: Context) -> tuple[str, ...]:
    """Why this alarm can never fire, a sentence each; nothing for one that can."""

    def found() -> tuple[str, ...]:
        if alarm.type == LOG_ALARM:
            return tuple(_of_log_groups(alarm, context))
        read = metrics(alarm.properties)
        asked = [reason for query in insights(alarm) for reason in _of_insights(query, context)]
        said = asked + [reason for metric in read for reason in _of_metric(metric, context)]
        return tuple(dict.fromkeys((*said, *(_of_threshold(alarm, read[0], context) if len(read) == 1 else ()))))

    return context.once(("dead alarm", alarm.name, alarm.logical_id, alarm.stack), found)


def insights(alarm: Resource) -> tuple[InsightsQuery, ...]:
    """The queries of Metrics Insights that an alarm evaluates, as far as they can be read."""
    found = []
    for query in queries(alarm.properties):
        if query.language == "Metrics Insights":
            with suppress(InsightsError):
                found.append(read_insights(query.text))
    return tuple(found)


def _of_insights(query: InsightsQuery, context: Context) -> Iterator[str]:
    sets = published_metrics.dimensions(query.namespace, query.metric)
    if sets is not None and query.labels is not None and query.labels not in sets:
        yield f"{query.namespace} {query.metric} is not published {_under(query.labels)}"
    yield from _of_names(query.namespace, query.metric)
    for one in query.conditions:
        if one.operator == "=" and _is_unknown(query.namespace, one.label, one.value, context):
            yield f"there is no {one.label} {one.value} in the inventory"


def _of_log_groups(alarm: Resource, context: Context) -> Iterator[str]:
    """What keeps a log alarm from ever having a result, where it is so of each of its log groups."""
    names = [name for query in queries(alarm.properties) for name in query.groups]
    found = [_silent(name, context) for name in names]
    yield from found if all(found) else ()


def _silent(name: str, context: Context) -> str:
    """Why a query of a log group finds nothing: no queries in its class, no function that writes into it."""
    for group in context.references.named(name, LOG_GROUP):
        if takes(group, "insights") is False:
            return f"its log group {group.name} is of the class {class_of(group)}, which has no queries"
    writer = name.rsplit(":log-group:", maxsplit=1)[-1].removesuffix(":*")
    function = writer.removeprefix(LAMBDA_LOGS)
    if function != writer and _is_unknown("AWS/Lambda", "FunctionName", function, context):
        return f"there is no function {function} in the inventory that would write {writer}"
    return ""


def unpublished(metric: WatchedMetric, context: Context) -> bool:
    """True for a metric of a live alarm that nobody publishes."""
    return any(_of_dimensions(metric.namespace, metric.name, dict(metric.dimensions), context))


def _of_metric(metric: AlarmMetric, context: Context) -> Iterator[str]:
    said = dict(metric.dimensions)
    yield from _of_dimensions(metric.namespace, metric.name, said, context)
    unit = published_metrics.UNITS.get((metric.namespace, metric.name))
    if unit and metric.unit and metric.unit != unit:
        yield f"{metric.namespace} {metric.name} is published in {unit}, and the alarm reads {metric.unit}"
    yield from _of_names(metric.namespace, metric.name)
    yield from _of_filters(metric, context)
    yield from _of_feature(metric, said, context)


def _under(dimensions: Collection[str]) -> str:
    """Which dimensions a metric has, in words."""
    if not dimensions:
        return "without a dimension"
    return f"with the dimension{'s' if len(dimensions) > 1 else ''} {', '.join(sorted(dimensions))}"


def _of_dimensions(namespace: str, name: str, said: Mapping[str, str], context: Context) -> Iterator[str]:
    names = frozenset(said)
    sets = published_metrics.dimensions(namespace, name)
    if sets is not None and names not in sets:
        yield f"{namespace} {name} is not published {_under(names)}"
    if namespace == "AWS/Events" and "RuleName" in names and "EventBusName" not in names:
        rule = context.inventory.find(EVENT_RULE, said["RuleName"])
        if rule is not None and rule.properties.get("EventBusName", "default") != "default":
            yield f"rules of a custom bus publish {name} by EventBusName and RuleName"
    known = context.once("dimensions", lambda: Dimensions(context.references))
    for dimension, value in said.items():
        wrong = known.mistaken(namespace, dimension, value)
        if wrong:
            yield wrong
        elif _is_unknown(namespace, dimension, value, context):
            yield f"there is no {dimension} {value} in the inventory"


def _is_unknown(namespace: str, dimension: str, value: str, context: Context) -> bool:
    """True for a name that nothing has. Of what is deployed, only functions are all read: the account may have more
    queues and topics than its stacks."""
    type_ = NAMES.get(namespace, {}).get(dimension, "")
    if type_ not in (FUNCTION, QUEUE, TOPIC) or (context.observations is not None and type_ != FUNCTION):
        return False
    known = any(context.inventory.of_type(type_))
    return bool(value) and known and not is_reference(value) and not context.references.named(value, type_)


def _of_names(namespace: str, name: str) -> Iterator[str]:
    meant = published_metrics.alike(namespace, published_metrics.METRICS)
    if meant:
        yield f"there is no namespace {namespace}: {meant} is meant"
    elif (namespace, name) in published_metrics.MEANT:
        yield f"{namespace} has no metric {name}: {published_metrics.MEANT[namespace, name]} is meant"
    elif name not in published_metrics.METRICS.get(namespace, {name}):
        near = published_metrics.alike(name, published_metrics.METRICS[namespace])
        if near:
            yield f"{namespace} has no metric {name}: {near} is meant"


def _of_filters(metric: AlarmMetric, context: Context) -> Iterator[str]:
    """Of a namespace that the application's metric filters write: what none of them does."""
    index = context.once("metric filters", lambda: _filters(context))
    written = index.get(metric.namespace)
    if not written or is_reference(metric.name) or metric.namespace in _told(context):
        return
    if metric.name not in written:
        yield f"no metric filter writes {metric.namespace} {metric.name}"
    elif frozenset(dict(metric.dimensions)) not in written[metric.name]:
        by = " or ".join(", ".join(sorted(names)) or "no dimension" for names in written[metric.name])
        yield f"the metric filter writes {metric.name} by {by}"


def _told(context: Context) -> frozenset[str]:
    """What functions are told in their environments: a namespace among it is one that code writes, too."""
    return context.once("values of environments", lambda: frozenset(_values(context)))


def _values(context: Context) -> Iterator[str]:
    for function in context.inventory.of_type(FUNCTION):
        said = at(function, "Environment.Variables")
        yield from (value for value in mapping(said).values() if isinstance(value, str))


def _filters(context: Context) -> dict[str, dict[str, set[frozenset[str]]]]:
    found: dict[str, dict[str, set[frozenset[str]]]] = {}
    for item in context.inventory.of_type(METRIC_FILTER):
        for made in _listed(item.properties.get("MetricTransformations")):
            space, name = made.get("MetricNamespace"), made.get("MetricName")
            if isinstance(space, str) and isinstance(name, str):
                keys = frozenset(str(one.get("Key")) for one in _listed(made.get("Dimensions")))
                found.setdefault(space, {}).setdefault(name, set()).add(keys)
    return found


def _listed(value: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401
    return [mapping(item) for item in value] if isinstance(value, list | tuple) else []


def _of_feature(metric: AlarmMetric, said: Mapping[str, str], context: Context) -> Iterator[str]:
    """Metrics that a resource has only with something that this one has not."""
    if metric.namespace == "AWS/SQS" and metric.name == "NumberOfMessagesSent":
        queue = _meant(said.get("QueueName", ""), QUEUE, context)
        if queue is not None and _is_only_redriven(queue, context):
            yield f"messages that SQS moves to the dead-letter queue {queue.name} do not count as sent"
    if metric.namespace == "AWS/Lambda" and metric.name in ("IteratorAge", "OffsetLag"):
        function = _meant(said.get("FunctionName", ""), FUNCTION, context)
        if function is not None and not context.unread(EVENT_SOURCE_MAPPING) and not _reads_a_stream(function, context):
            yield f"{metric.name} is of functions that read a stream, and {function.name} reads none"


def _meant(value: str, type_: str, context: Context) -> Resource | None:
    return next((r for r in context.references.named(value, type_) if value == r.identifier), None)


def _is_only_redriven(queue: Resource, context: Context) -> bool:
    """True when the queue takes what SQS itself redrives and nothing else: others send, which counts."""
    by = [
        resource
        for resource in context.inventory.resources
        if resource.type != QUEUE and context.references.names(dict(resource.properties), queue)
    ]
    senders = [r for r in by if r.type not in ("AWS::CloudWatch::Alarm", "AWS::SQS::QueuePolicy")]
    redriven = any(
        context.references.names(other.properties.get("RedrivePolicy"), queue)
        for other in context.inventory.of_type(QUEUE)
    )
    return redriven and not senders


def _reads_a_stream(function: Resource, context: Context) -> bool:
    """True when a mapping of the function has a source that is no queue, or one that cannot be told."""
    return any(
        not context.references.named(item.properties.get("EventSourceArn"), QUEUE)
        and ":sqs:" not in str(item.properties.get("EventSourceArn"))
        for item in mappings_of(function, context)
    )


def _of_threshold(alarm: Resource, metric: AlarmMetric, context: Context) -> Iterator[str]:
    """A threshold above all that the metric can be."""
    threshold = number(alarm.properties.get("Threshold"))
    if threshold is None or alarm.properties.get("ComparisonOperator") not in ABOVE or not metric.alone:
        return
    said, where = dict(metric.dimensions), (metric.namespace, metric.name)
    if where == ("AWS/Lambda", "Duration") and metric.statistic not in UNBOUNDED:
        function = _meant(said.get("FunctionName", ""), FUNCTION, context)
        timeout = number(function.effective("Timeout")) if function else None
        if function is not None and timeout is not None and threshold > timeout * 1000:
            yield f"{function.name} is killed after {timeout * 1000:.0f} ms, and the threshold is {threshold:g} ms"
    if where == ("AWS/ApiGateway", "5XXError") and metric.statistic == "Average" and threshold >= 1:
        yield f"the average of 5XXError is a share, at most 1, and the threshold is {threshold:g}"
    if where == ("AWS/SQS", "ApproximateAgeOfOldestMessage"):
        queue = _meant(said.get("QueueName", ""), QUEUE, context)
        kept = number(queue.effective("MessageRetentionPeriod")) if queue else None
        if queue is not None and kept is not None and threshold >= kept:
            yield f"{queue.name} keeps messages for {kept:.0f} s, and the threshold is {threshold:g} s"
    if where == ("AWS/Lambda", "ConcurrentExecutions") and metric.statistic not in UNBOUNDED:
        function = _meant(said.get("FunctionName", ""), FUNCTION, context)
        reserved = number(at(function, "ReservedConcurrentExecutions")) if function else None
        if function is not None and reserved is not None and threshold > reserved:
            yield f"{function.name} may run {reserved:.0f} at a time, and the threshold is {threshold:g}"


def cannot_be_told(alarm: Resource) -> bool:
    """True when a template leaves open what the alarm reads, or nothing here knows its metrics (PromQL)."""
    if alarm.type == LOG_ALARM:
        return not all(all(query.groups) and query.groups for query in queries(alarm.properties))
    told = metrics(alarm.properties) or insights(alarm)
    return not told or is_open(alarm.properties.get("Dimensions"))
