"""A dead-letter queue that is not empty."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, single
from shopfast_obs.analysis.wiring.dead_letters import dead_letter_queues
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import QUEUE, Resource


class DeadLetters:
    """Messages lie in a dead-letter queue: work that was given up, and that nobody else counts as an error."""

    id = "dead-letters"
    title = "A dead-letter queue is not empty"
    first = "Read one message and the errors of its consumer at that time; redrive when the cause is gone."
    resource_type = QUEUE

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on the first message: one dead letter is one customer who waits."""
        if resource not in index.once("dead-letter queues", lambda: dead_letter_queues(index.inventory, index)):
            return NotNeeded(resource.name, self.id, "nothing sends its dead letters there")
        on = {"QueueName": naming.name(resource)}
        watched = single("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", on)
        properties = {
            **watched,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,  # the queue holds the message for days: one look is enough
            "DatapointsToAlarm": 1,
        }
        return define(self, resource, f"Messages were given up and lie in {resource.name}.", properties)


KIND = DeadLetters()
