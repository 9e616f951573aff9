"""A dead-letter queue that is not empty: work that was given up, and that nobody else counts as an error."""

from __future__ import annotations

from shopfast_obs.alarms.metric_alarm import MetricAlarm
from shopfast_obs.analysis.wiring.dead_letters import dead_letter_queues
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.resources import QUEUE, Resource


def _other(queue: Resource, index: References) -> str:
    queues = index.once("dead-letter queues", lambda: dead_letter_queues(index.inventory, index))
    return "" if queue in queues else "nothing sends its dead letters there"


KIND = MetricAlarm(
    id="dead-letters",
    title="A dead-letter queue is not empty",
    first="Read one message and the errors of its consumer at that time; redrive when the cause is gone.",
    resource_type=QUEUE,
    namespace="AWS/SQS",
    metric="ApproximateNumberOfMessagesVisible",
    dimension="QueueName",
    statistic="Maximum",
    above=0,  # one dead letter is one customer who waits
    because="Messages were given up and lie in {name}.",
    more={"EvaluationPeriods": 1, "DatapointsToAlarm": 1},  # the queue holds it for days: one look is enough
    spared=_other,
)
