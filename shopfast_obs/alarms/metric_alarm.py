"""Kinds of alarms that differ in data alone: one metric, or an expression over several, and when it is too much."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, math, single
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource, is_durable

Reason = Callable[[Resource, References], str]
# A minute is enough: each is one order, one document, one customer, and none is tried again.
AT_ONCE: Mapping[str, Any] = {"DatapointsToAlarm": 1}


def always(_: Resource, __: References) -> str:
    """No reason: every resource of the type has the alarm."""
    return ""


def not_durable(function: Resource, _: References) -> str:
    """Why a function has no alarm on durable executions."""
    return "" if is_durable(function) else "it is no durable function"


@record
class MetricAlarm:
    """A kind of alarm. `because` says what happens to {name}. `metric` is the metric, or an expression over `metrics`
    (names by their ids in it) under a `label`. It fires at one or more, or `above` a threshold. `spared` is the reason
    for which a resource needs none."""

    id: str
    title: str
    first: str
    resource_type: str
    namespace: str
    metric: str
    dimension: str
    because: str
    statistic: str = "Sum"
    named_by: Callable[[Resource], Any] = naming.name
    metrics: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    above: float | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    spared: Reason = always

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """The alarm for this resource, or why it needs none."""
        reason = self.spared(resource, index)
        if reason:
            return NotNeeded(resource.name, self.id, reason)
        on = {self.dimension: self.named_by(resource)}
        watched = (
            math(self.metric, self.label, self.namespace, self.metrics, on, self.statistic)
            if self.metrics
            else single(self.namespace, self.metric, self.statistic, on)
        )
        return define(
            self,
            resource,
            self.because.format(name=resource.name),
            {**watched, **firing(self.above), **self.more},
        )


def firing(above: float | None) -> dict[str, Any]:
    """The properties that say when it is too much: above a threshold, or at all."""
    if above is None:
        return {"Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
    return {"Threshold": above, "ComparisonOperator": "GreaterThanThreshold"}
