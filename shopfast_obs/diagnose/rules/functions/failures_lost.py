"""Failed events that not even the dead letters got."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "lambda-failures-lost",
    "Failed events cannot be delivered to their destination",
    Severity.CRITICAL,
    (FUNCTION,),
    MetricCount(
        (
            Measure(FUNCTION, "DestinationDeliveryFailures"),
            Measure(FUNCTION, "DeadLetterErrors"),
        ),
        Measure(FUNCTION, "AsyncEventsReceived"),
        "asynchronous event",
        "{name} could not hand {count} failed events to its destination or dead-letter queue: they are lost",
    ),
    when="DestinationDeliveryFailures or DeadLetterErrors is above 0.",
    why="The last net has a hole: what failed is gone without a trace.",
    remedy="Allow the function's role to send to the destination, and to use its key.",
    limits="Only asynchronous invocations.",
    misleads="The dead-letter queue is empty, which looks like health.",
    runbook="dead-letters",
)
