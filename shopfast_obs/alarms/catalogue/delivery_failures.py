"""A rule whose targets cannot be reached."""

from __future__ import annotations

from typing import Any

from shopfast_obs.alarms.interface import define, single
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import EVENT_RULE, Inventory, Resource


class DeliveryFailures:
    """An EventBridge rule matches but cannot deliver to its target."""

    id = "delivery-failures"
    title = "An event rule cannot deliver to its target"
    resource_type = EVENT_RULE

    def derive(self, resource: Resource, inventory: Inventory) -> AlarmDefinition:
        """An alarm with the dimensions that EventBridge publishes: a rule on a custom bus has both."""
        bus: Any = resource.properties.get("EventBusName", "default")
        if isinstance(bus, str):
            bus = bus.rsplit("/", 1)[-1]
        on = {"RuleName": resource.name} if bus == "default" else {"EventBusName": bus, "RuleName": resource.name}
        watched = single("AWS/Events", "FailedInvocations", "Sum", on)
        properties = {
            **watched,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "DatapointsToAlarm": 1,  # an event that is not delivered is lost, unless the target has a dead-letter queue
        }
        return define(self, resource, f"The rule {resource.name} cannot deliver events to its target.", properties)


KIND = DeliveryFailures()
