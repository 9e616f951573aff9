"""A queue whose messages wait too long."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, single
from shopfast_obs.alarms.metric_alarm import firing
from shopfast_obs.alarms.waiting_age import late
from shopfast_obs.analysis.wiring.delivery import consumers
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import QUEUE, Resource
from shopfast_obs.parse.numbers import number


class QueueAge:
    """The oldest message of a queue is older than its consumer needs: it stands still, or fails, without an error."""

    id = "queue-age"
    title = "The messages of a queue wait too long"
    first = (
        "See whether the consumer runs: its mapping enabled, its errors, its throttles; then whether it is too slow."
    )
    resource_type = QUEUE

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on the oldest message, with a threshold from the time that one attempt may take, which is what the
        VisibilityTimeout says (AWS: 1.5 times the longest processing)."""
        if not consumers(resource, index):
            return NotNeeded(resource.name, self.id, "no event source mapping or pipe reads it")
        seconds = number(resource.effective("VisibilityTimeout"))
        kept = number(resource.effective("MessageRetentionPeriod"))
        if seconds is None or kept is None:
            return NotNeeded(resource.name, self.id, "its times are known only when it is deployed")
        delay = number(resource.properties.get("DelaySeconds")) or 0
        threshold = late(seconds, kept, delay)
        on = {"QueueName": naming.name(resource)}
        watched = single("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", on)
        because = f"The oldest message of {resource.name} has waited for more than {threshold} s."
        return define(self, resource, because, {**watched, **firing(threshold)})


KIND = QueueAge()
