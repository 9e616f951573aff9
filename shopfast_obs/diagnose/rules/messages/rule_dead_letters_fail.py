"""Events that the dead-letter queue did not get."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_RULE

RULE = Rule(
    "event-dead-letters-fail",
    "Events cannot be put into the dead-letter queue",
    Severity.CRITICAL,
    (EVENT_RULE,),
    MetricCount(
        (Measure(EVENT_RULE, "InvocationsFailedToBeSentToDlq"),),
        Measure(EVENT_RULE, "Invocations"),
        "delivery",
        "{name} lost {count} events: its dead-letter queue refused them",
    ),
    when="InvocationsFailedToBeSentToDlq is above 0.",
    why="The event failed twice, and now it is gone.",
    remedy="Allow events.amazonaws.com to send to the queue (a queue policy with the rule's ARN).",
    limits="Rules without a dead-letter queue are another rule's.",
    misleads="The dead-letter queue is empty, which looks like health.",
    runbook="dead-letters",
)
