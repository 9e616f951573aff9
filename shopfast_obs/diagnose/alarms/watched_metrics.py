"""Which metrics of a resource an alarm reads that can fire, and which alarms may read some of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from shopfast_obs.analysis.wiring.dimensions import published
from shopfast_obs.analysis.wiring.watchers import Known, MetricReads, Subject, tie
from shopfast_obs.diagnose.alarms import never_firing
from shopfast_obs.diagnose.alarms import published_metrics as publishing
from shopfast_obs.diagnose.context import Context, log_group
from shopfast_obs.diagnose.property_values import at, entries
from shopfast_obs.model.references import is_open as is_reference
from shopfast_obs.model.references import readable
from shopfast_obs.model.resources import ALARM, FUNCTION, LOG_ALARM, Resource
from shopfast_obs.model.telemetry import AlarmStatus, WatchedMetric, WatchedQuery
from shopfast_obs.parse.templates.alarm_definition import queries, watched

KINDS = {"": "alarm", "Logs Insights": "log alarm"}
SERVICES = ("OTEL_SERVICE_NAME", "POWERTOOLS_SERVICE_NAME")


def watches(resource: Resource, namespace: str, dimension: str, context: Context) -> frozenset[str]:
    """The names of a resource's metrics that an alarm reads; an alarm that can never fire watches nothing."""
    index = context.once("watched metrics", lambda: _index(context))
    values = published(resource, dimension)
    direct = frozenset().union(*(index.get((namespace, dimension, value), ()) for value in values))
    return direct.union(*(one.metrics for _, _, one in _ties(resource, namespace, dimension, context)))


def perhaps(resource: Resource, on: tuple[str, str], telling: Collection[str], context: Context) -> str:
    """Which alarm may read a telling metric (`on` is its namespace and dimension) of the resource, and why that cannot
    be told; empty where none may."""
    for name, query, one in _ties(resource, *on, context):
        if one.doubt and (not one.reads or one.reads in telling):
            kind = KINDS.get(query.language, f"{query.language} alarm")
            return f"the {kind} {name} could not be tied: {one.doubt}"
    index = context.once("open alarms", lambda: tuple(_left_open(context)))
    for namespace, dimension, metric, value in index:
        if (namespace, dimension) == on and metric in telling:
            said = f"its {dimension} is {value}, which only the deployment knows"
            return f"an alarm on {metric} could not be tied: {said}"
    return ""


def _left_open(context: Context) -> Iterator[tuple[str, str, str, str]]:
    """The dimensions of alarms that name no resource of the inventory, because a parameter or another stack does."""
    for metric in _watched(context):
        for name, value in metric.dimensions:
            if (is_reference(value) or value.startswith("{")) and not context.references.named(value):
                yield metric.namespace, name, metric.name, readable(value)


def count(context: Context) -> int:
    """How many metrics alarms read that can fire."""
    return len(_watched(context))


def _index(context: Context) -> Mapping[tuple[str, str, str], frozenset[str]]:
    found: dict[tuple[str, str, str], set[str]] = {}
    for metric in _watched(context):
        for name, value in metric.dimensions:
            found.setdefault((metric.namespace, name, value), set()).add(metric.name)
    return {key: frozenset(names) for key, names in found.items()}


def _watched(context: Context) -> tuple[WatchedMetric, ...]:
    return context.once("live watchers", lambda: _alive(context))


def _alive(context: Context) -> tuple[WatchedMetric, ...]:
    """Every metric that an alarm of the inventory or of the account reads, those of dead alarms left out."""
    alarms = list(context.inventory.of_type(ALARM))
    dead = {alarm.name for alarm in alarms if never_firing.reasons(alarm, context)}
    declared = (w for alarm in alarms if alarm.name not in dead for w in watched(alarm.properties))
    live = context.observations.alarms if context.observations else ()
    others = (w for alarm in live if alarm.name not in dead for w in _of_status(alarm))
    return (*declared, *(w for w in others if not never_firing.unpublished(w, context)))


def _of_status(alarm: AlarmStatus) -> tuple[WatchedMetric, ...]:
    if alarm.watches or not alarm.metric:
        return alarm.watches
    return (WatchedMetric(alarm.namespace, alarm.metric, alarm.dimensions),)


def _ties(
    resource: Resource, namespace: str, dimension: str, context: Context
) -> tuple[tuple[str, WatchedQuery, MetricReads], ...]:
    """What each query of an alarm reads of the resource, with the alarm's name."""
    asked = context.once("alarm queries", lambda: tuple(dict.fromkeys(_queries(context))))
    if not asked:
        return ()

    def found() -> tuple[tuple[str, WatchedQuery, MetricReads], ...]:
        subject, known = _subject(resource, namespace, dimension), context.once("query names", lambda: _known(context))
        return tuple((name, query, tie(query, subject, known)) for name, query in asked)

    return context.once(("ties", resource.name, resource.logical_id, resource.stack, namespace, dimension), found)


def _queries(context: Context) -> Iterator[tuple[str, WatchedQuery]]:
    live = context.observations.alarms if context.observations else ()
    told = {alarm.name for alarm in live}
    dead = {a.name for a in context.inventory.of_type(ALARM, LOG_ALARM) if never_firing.reasons(a, context)}
    for status in live:
        yield from ((status.name, query) for query in status.queries if status.name not in dead)
    for alarm in context.inventory.of_type(ALARM, LOG_ALARM):
        if alarm.name not in told and alarm.name not in dead:
            yield from ((alarm.name, query) for query in queries(alarm.properties))


def _subject(resource: Resource, namespace: str, dimension: str) -> Subject:
    if resource.type != FUNCTION:
        return Subject(namespace, dimension, published(resource, dimension), resource.arn)
    variables = entries(at(resource, "Environment.Variables"))
    named = {str(variables[name]) for name in SERVICES if variables.get(name)}
    values = published(resource, dimension)
    # The layers of OpenTelemetry and of Powertools call a function's service as the function, or as these say.
    return Subject(namespace, dimension, values, resource.arn, frozenset(named) | values, _logs(resource))


def _logs(function: Resource) -> frozenset[str]:
    """What names a function's log group: its name with the function's, or with the reference to it."""
    chosen = log_group(function)
    default = f"/aws/lambda/{function.identifier}"
    return frozenset({chosen, f"/aws/lambda/{function.reference}"} if chosen == default else {chosen})


def _known(context: Context) -> Known:
    spaces: dict[str, set[str]] = {}
    for namespace, names in publishing.METRICS.items():
        for name in names:
            spaces.setdefault(name, set()).add(namespace)
    logs = frozenset().union(*(_logs(function) for function in context.inventory.of_type(FUNCTION)))
    names = frozenset(name for one in context.inventory.resources for name in (one.identifier, one.reference, one.arn))
    return Known({name: frozenset(found) for name, found in spaces.items()}, logs, names)
