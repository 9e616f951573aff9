"""Which metrics of a resource an alarm reads that can fire."""

from __future__ import annotations

from collections.abc import Mapping

from shopfast_obs.analysis.wiring.dimensions import published
from shopfast_obs.diagnose import dead_alarms
from shopfast_obs.diagnose.context import Context
from shopfast_obs.model.resources import ALARM, Resource
from shopfast_obs.model.telemetry import AlarmStatus, WatchedMetric
from shopfast_obs.parse.alarm_definition import watched


def watches(resource: Resource, namespace: str, dimension: str, context: Context) -> frozenset[str]:
    """The names of a resource's metrics that an alarm reads; an alarm that can never fire watches nothing."""
    index = context.once("watched metrics", lambda: _index(context))
    values = published(resource, dimension)
    return frozenset().union(*(index.get((namespace, dimension, value), ()) for value in values))


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
    dead = {alarm.name for alarm in alarms if dead_alarms.reasons(alarm, context)}
    declared = (w for alarm in alarms if alarm.name not in dead for w in watched(alarm.properties))
    live = context.observations.alarms if context.observations else ()
    others = (w for alarm in live if alarm.name not in dead for w in _of_status(alarm))
    return (*declared, *(w for w in others if not dead_alarms.unpublished(w, context)))


def _of_status(alarm: AlarmStatus) -> tuple[WatchedMetric, ...]:
    if alarm.watches or not alarm.metric:
        return alarm.watches
    return (WatchedMetric(alarm.namespace, alarm.metric, alarm.dimensions),)
