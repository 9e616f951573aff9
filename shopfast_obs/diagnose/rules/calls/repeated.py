"""The same call again and again."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.call_pattern import CallPattern
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "calls-repeated",
    "The same call is made again and again in one request",
    Severity.LOW,
    (FUNCTION,),
    CallPattern(
        ("repeated",),
        "{name} asks {call} {calls} times in one request, {seconds} s more than once would take ({traces})",
        pages=False,
    ),
    when="a trace has the same call three times or more.",
    why="What was asked once is known; asking again costs time and money.",
    remedy="Keep the answer for the request, or ask for everything at once.",
    limits="The pages of one scan, query or list are not counted. A trace names the table, not the key that was asked "
    "for: calls for different items look the same.",
    misleads="A cache in the environment hides it on warm starts only.",
)
