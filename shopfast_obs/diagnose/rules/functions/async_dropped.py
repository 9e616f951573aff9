"""Events that Lambda accepted and gave up."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "lambda-async-dropped",
    "Asynchronous events are dropped",
    Severity.HIGH,
    (FUNCTION,),
    MetricCount(
        (Measure(FUNCTION, "AsyncEventsDropped"),),
        Measure(FUNCTION, "AsyncEventsReceived"),
        "asynchronous event",
        "{name} loses {share} of its asynchronous events ({count} of {total})",
    ),
    when="AsyncEventsDropped is above 0.",
    why="Whoever sent the event was told that it was accepted; nobody is told that it was given up.",
    remedy="Mend what fails, and give the function an on-failure destination to collect what is given up.",
    limits="Lambda counts an event as dropped also when a destination or dead-letter queue took it.",
    misleads="Errors counts attempts: three of them are one lost event.",
    runbook="error-rate",
)
