"""Failures that the SDK's retries hide."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.call_pattern import CallPattern
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "calls-retried",
    "The SDK retries calls, and nobody sees the failures",
    Severity.MEDIUM,
    (FUNCTION,),
    CallPattern(
        ("retried", "throttled"), "{name} gets {call} only after retries or throttles, {seconds} s a request ({traces})"
    ),
    when="calls in the traces carry retries, or ended with a throttle.",
    why="A throttled table looks like a slow one: no log and no error count shows it until the retries run out.",
    remedy="Raise the capacity or spread the load; bound the retries so that they end before the timeout.",
    limits="The X-Ray SDK for Python records no retries by itself: our layer does.",
    misleads="A longer timeout seems to help: it buys time for more retries.",
)
