"""A topic whose subscribers do not get its messages."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import DATAPOINTS_TO_ALARM, NotNeeded, define, single
from shopfast_obs.alarms.metric_alarm import firing
from shopfast_obs.analysis.wiring.delivery import subscriptions
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import ALARM, TOPIC, Resource


class NotificationFailures:
    """SNS gave up messages for a subscriber that is gone, or that refuses them."""

    id = "notification-failures"
    title = "A topic cannot deliver to a subscriber"
    first = (
        "Look for the subscription whose endpoint is gone or whose policy refuses SNS; its dead-letter queue has them."
    )
    resource_type = TOPIC

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on every failed notification; where SNS counts attempts that it repeats (HTTP), on two minutes."""
        heard = subscriptions(resource, index)
        if not heard:
            return NotNeeded(resource.name, self.id, "nothing subscribes to it")
        if resource in index.once("alarm topics", lambda: _told(index)):
            return NotNeeded(resource.name, self.id, "alarms notify it, so that it could not tell")
        watched = single("AWS/SNS", "NumberOfNotificationsFailed", "Sum", {"TopicName": naming.name(resource)})
        repeated = any(str(item.get("Protocol")).startswith("http") for item in heard)
        properties = {
            **watched,
            **firing(None),
            "DatapointsToAlarm": DATAPOINTS_TO_ALARM if repeated else 1,
        }
        return define(self, resource, f"A subscriber of {resource.name} does not get its messages.", properties)


def _told(index: References) -> tuple[Resource, ...]:
    """The topics that alarms notify."""
    actions = [alarm.properties.get("AlarmActions") for alarm in index.inventory.of_type(ALARM)]
    return index.named(actions, TOPIC)


KIND = NotificationFailures()
