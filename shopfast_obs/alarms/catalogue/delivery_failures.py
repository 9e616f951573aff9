"""A rule whose targets cannot be reached."""

from __future__ import annotations

from typing import Any

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import define, single
from shopfast_obs.alarms.metric_alarm import firing
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import EVENT_BUS, EVENT_RULE, Resource


class DeliveryFailures:
    """An EventBridge rule matches but cannot deliver to its target."""

    id = "delivery-failures"
    title = "An event rule cannot deliver to its target"
    first = (
        "See that the target exists and lets EventBridge in; events are kept only in a dead-letter queue of the target."
    )
    resource_type = EVENT_RULE

    def derive(self, resource: Resource, index: References) -> AlarmDefinition:
        """An alarm with the dimensions that EventBridge publishes: a rule on a custom bus has both."""
        watched = single("AWS/Events", "FailedInvocations", "Sum", _dimensions(resource, index))
        properties = {
            **watched,
            **firing(None),
            "DatapointsToAlarm": 1,  # an event that is not delivered is lost, unless the target has a dead-letter queue
        }
        return define(self, resource, f"The rule {resource.name} cannot deliver events to its target.", properties)


def _dimensions(rule: Resource, index: References) -> dict[str, Any]:
    bus = rule.properties.get("EventBusName") or "default"
    named = next(iter(index.named(bus, EVENT_BUS)), None)
    if named is not None:
        bus = naming.name(named)
    elif isinstance(bus, str):
        bus = naming.text(_last(bus))
    if bus == "default":
        return {"RuleName": naming.name(rule) or naming.attribute(rule, "")}
    # `Ref` gives `bus|rule` for a rule on a custom bus, and its ARN ends in `rule/bus/rule`.
    of_arn = {"Fn::Select": [2, {"Fn::Split": ["/", naming.attribute(rule, "Arn")]}]}
    return {"EventBusName": bus, "RuleName": naming.name(rule) or of_arn}


def _last(arn: str) -> str:
    """The name at the end of an ARN, or the name itself."""
    return arn.rsplit("/", 1)[-1]


KIND = DeliveryFailures()
