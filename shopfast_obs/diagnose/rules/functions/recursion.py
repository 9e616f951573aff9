"""Functions that call themselves in a circle."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.metric_count import MetricCount
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "lambda-recursion",
    "Lambda stopped a recursive loop",
    Severity.CRITICAL,
    (FUNCTION,),
    MetricCount(
        (Measure(FUNCTION, "RecursiveInvocationsDropped"),),
        Measure(FUNCTION, "Invocations"),
        "invocation",
        "{name} triggers itself: Lambda stopped the loop {count} times",
    ),
    when="RecursiveInvocationsDropped is above 0.",
    why="A function that writes to what triggers it invokes itself again and again, and each invocation is paid for.",
    remedy="Write to another bucket, queue or topic than the one that triggers it, or filter its own events out.",
    limits="Lambda sees circles through SQS, SNS and S3 only.",
    misleads="Traffic looks as if it were growing.",
)
