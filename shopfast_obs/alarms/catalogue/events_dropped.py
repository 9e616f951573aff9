"""A function whose events are dropped."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, single
from shopfast_obs.analysis.wiring.delivery import failures_kept, invoke_configs, senders
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import FUNCTION, Resource


class EventsDropped:
    """Lambda gave up asynchronous events of a function, after its retries or because they became too old."""

    id = "events-dropped"
    title = "Asynchronous events of a function are dropped"
    first = "Group the errors of the function at that time; what was dropped is gone unless a destination keeps it."
    resource_type = FUNCTION

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on every dropped event of a function that somebody invokes without waiting; where a queue keeps
        them, its own alarm tells."""
        asked = senders(resource, index) or invoke_configs(resource, index)
        if not asked and not resource.properties.get("DeadLetterConfig"):
            return NotNeeded(resource.name, self.id, "nothing invokes it asynchronously")
        kept = failures_kept(resource, index)
        if kept:
            return NotNeeded(resource.name, self.id, f"what is dropped lies in {kept[0].name}, which has its own alarm")
        watched = single("AWS/Lambda", "AsyncEventsDropped", "Sum", {"FunctionName": naming.name(resource)})
        properties = {
            **watched,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "DatapointsToAlarm": 1,  # each is work that somebody handed over, and that nobody does
        }
        return define(self, resource, f"Lambda dropped events that {resource.name} could not work on.", properties)


KIND = EventsDropped()
