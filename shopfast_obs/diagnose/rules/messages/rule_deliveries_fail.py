"""Event rules whose targets refuse."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import EVENT_RULE

RULE = Rule(
    "event-deliveries-fail",
    "An event rule cannot invoke its targets",
    Severity.HIGH,
    (EVENT_RULE,),
    MetricCount(
        (Measure(EVENT_RULE, "FailedInvocations"),),
        Measure(EVENT_RULE, "Invocations"),
        "delivery",
        "{name} cannot invoke its targets: {count} of {total} deliveries fail ({share})",
    ),
    when="FailedInvocations is above 0.",
    why="A missing permission or target is not retried: the event goes to the dead-letter queue, or is gone.",
    remedy="Allow events.amazonaws.com (or the rule's role) to use the target, and check that the target exists.",
    limits="Retries that succeed do not count.",
    misleads="The rule matches, and the publisher sees no failed entry.",
    runbook="delivery-failures",
)
