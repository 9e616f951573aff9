"""Calls that wait for each other without a need."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.call_pattern import CallPattern
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "calls-in-a-row",
    "Different calls run one after another that could run together",
    Severity.LOW,
    (FUNCTION,),
    CallPattern(
        ("sequential",), "{name} makes calls in a row that could run together: {seconds} s a request ({traces}): {call}"
    ),
    when="three different calls or more follow one another, and running them at once would save a tenth of a second.",
    why="The request waits for the sum of them where it could wait for the longest.",
    remedy="Run what does not depend on each other at once (a thread pool, `asyncio.gather`).",
    limits="Whether one call needs the answer of the one before, the trace does not tell.",
    misleads="No single call stands out.",
)
